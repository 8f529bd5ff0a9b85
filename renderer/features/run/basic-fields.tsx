import { Check, Layers } from 'lucide-react';
import { Field, FieldMessage } from '../../components/controls/field.tsx';
import { SuggestField } from '../../components/controls/suggest-field.tsx';
import { formatBytes } from '../../format/bytes.ts';
import { useImages } from '../../stores/images.ts';
import { MissingImage, NameConflict } from './conflict.tsx';
import { changeDraft, useDraft } from './draft/draft-store.ts';
import type { Problem } from './draft/problems.ts';
import { t } from '../../i18n/i18n.ts';

/** @param size of the image when it is on this computer. */
export function ImageLine({ problem, size, onAgain }: { problem: Problem | undefined; size: number | undefined; onAgain(): void }) {
  const value = useDraft(({ draft }) => draft.image);
  const images = useImages((state) => state.images);
  const tags = images.flatMap((image) => (image.RepoTags ?? []).map((tag) => ({ value: tag, note: formatBytes(image.Size) })));
  const query = value.trim().toLowerCase();
  const suggestions = tags.filter((tag) => tag.value.toLowerCase().includes(query) && tag.value !== value.trim());
  return (
    <div className="field-line">
      <label htmlFor="run-image">{t('run:labels.image')}</label>
      <div>
        <SuggestField
          id="run-image"
          mono
          lead={<Layers size={14} strokeWidth={1.75} aria-hidden="true" />}
          listLabel={t('run:imagesHere')}
          suggestions={suggestions}
          value={value}
          placeholder={t('run:imagePlaceholder')}
          wrong={problem !== undefined}
          data-field="image"
          autoFocus
          aria-describedby={problem === undefined ? undefined : 'run-image-message'}
          note={
            value.trim() === '' || problem !== undefined ? undefined : size === undefined ? (
              t('run:notHere')
            ) : (
              <>
                <Check size={13} strokeWidth={2} className="field__here" aria-hidden="true" />
                {t('run:here', { size: formatBytes(size) })}
              </>
            )
          }
          onValue={(image) => changeDraft('image', { image })}
        />
        {problem?.kind === 'wrong' && <FieldMessage id="run-image-message">{problem.sentence}</FieldMessage>}
        {problem?.kind === 'image-missing' && <MissingImage id="run-image-message" image={value.trim()} problem={problem} onUse={(image) => changeDraft('image', { image })} onAgain={onAgain} />}
      </div>
    </div>
  );
}

export function NameLine({ problem }: { problem: Problem | undefined }) {
  const value = useDraft(({ draft }) => draft.name);
  return (
    <div className="field-line">
      <label htmlFor="run-name">{t('run:labels.name')}</label>
      <div>
        <Field
          id="run-name"
          value={value}
          placeholder={t('run:namePlaceholder')}
          wrong={problem !== undefined}
          data-field="name"
          aria-describedby={problem === undefined ? undefined : 'run-name-message'}
          onChange={(event) => changeDraft('name', { name: event.target.value })}
        />
        {problem?.kind === 'wrong' && <FieldMessage id="run-name-message">{problem.sentence}</FieldMessage>}
        {problem?.kind === 'name-taken' && <NameConflict id="run-name-message" problem={problem} onUse={(name) => changeDraft('name', { name })} />}
      </div>
    </div>
  );
}
