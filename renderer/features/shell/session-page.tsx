import { Mark } from '../../components/drawing/mark.tsx';
import { t } from '../../i18n/i18n.ts';

/** The web shell without a session: what to do, since nothing else can be done here. */
export function SessionPage({ isLost }: { isLost: boolean }) {
  return (
    <main className="session-page">
      <Mark size={40} />
      <h1>{isLost ? t('shell:session.lost') : t('shell:session.none')}</h1>
      <p>{isLost ? t('shell:session.lostBody') : t('shell:session.noneBody')}</p>
      <ol>
        {[t('shell:session.steps.look'), t('shell:session.steps.again')].map((step, index) => (
          <li key={step}>
            <span className="numbers">{index + 1}</span>
            <div>
              {step} {index === 1 && <code className="selectable">{t('shell:session.command')}</code>}
            </div>
          </li>
        ))}
      </ol>
    </main>
  );
}
