import { BadgeCheck, Star } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { SearchResult } from '../../../contract/engine-api/image.ts';
import type { IpcFailure } from '../../api.ts';
import { plainName, sentences } from '../../format/sentence.ts';
import { t } from '../../i18n/i18n.ts';
import { formatNumber } from '../../i18n/intl.ts';
import { searchRegistry } from '../../stores/registry-search.ts';

/** After the last key. */
const restMs = 350;
const shownAtMost = 8;

interface Found {
  term: string;
  results: SearchResult[];
  failure: IpcFailure | undefined;
}

/** What Docker Hub (or the registry that the word begins with) has. Without a network it only says so: a name can be pulled all the same. */
export function SearchResults({ term, onPick }: { term: string; onPick(name: string): void }) {
  const [found, setFound] = useState<Found>({ term: '', results: [], failure: undefined });
  const isWorth = term.length >= 2 && !/[:@\s]/.test(term.slice(term.lastIndexOf('/') + 1));

  useEffect(() => {
    if (!isWorth) return;
    let isCurrent = true;
    const timer = setTimeout(() => {
      void searchRegistry(term).then((answer) => {
        if (isCurrent) setFound({ term, results: 'results' in answer ? answer.results : [], failure: 'failure' in answer ? answer.failure : undefined });
      });
    }, restMs);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [term, isWorth]);

  if (!isWorth) return null;
  if (found.failure !== undefined) {
    return (
      <p className="search-results__note selectable isolated" role="status">
        {t('images:search.failed')} {sentences(found.failure.message, found.failure.hint)}
      </p>
    );
  }
  if (found.term === '') return null;
  if (found.results.length === 0) {
    return (
      <p className="search-results__note isolated" role="status">
        {t('images:search.none', { term: found.term })}
      </p>
    );
  }
  return (
    <ul className="search-results" aria-label={t('images:search.list')}>
      {found.results.slice(0, shownAtMost).map(({ name, description, star_count, is_official }) => (
        <li key={name}>
          <button type="button" onClick={() => onPick(name)}>
            <span className="search-results__name isolated">
              <strong className="cut">{plainName(name)}</strong>
              {is_official && (
                <small>
                  <BadgeCheck size={12} strokeWidth={1.75} aria-hidden="true" /> {t('images:search.official')}
                </small>
              )}
              <small className="numbers search-results__stars">
                <Star size={11} strokeWidth={1.75} aria-hidden="true" />
                <span className="unseen">{t('images:search.stars')}</span> {formatNumber(star_count)}
              </small>
            </span>
            <span className="cut isolated">{plainName(description)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
