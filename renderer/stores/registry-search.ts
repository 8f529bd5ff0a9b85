import type { SearchResult } from '../../contract/engine-api/image.ts';
import { asFailure, callEngine, type IpcFailure } from '../api.ts';

/** What a registry has under a word. Names of Docker Hub are as they are pulled: `nginx`, `team/app`. */
export async function searchRegistry(term: string): Promise<{ results: SearchResult[] } | { failure: IpcFailure }> {
  try {
    return { results: byLikeness(await callEngine('images.search', { term, limit: 25 })) };
  } catch (error) {
    return { failure: asFailure(error) };
  }
}

/** Official ones first, then by how many liked them: names alone are easily made to look like others. */
export function byLikeness(results: readonly SearchResult[]): SearchResult[] {
  return [...results].sort((a, b) => Number(b.is_official) - Number(a.is_official) || b.star_count - a.star_count);
}
