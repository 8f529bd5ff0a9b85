import { InternalError, messageOf } from '../../errors.ts';
import { runCommand } from '../../lib/processes/run-command.ts';

/**
 * Runs one transaction: all of it or nothing. The child is started before this returns, so a call from inside another
 * network namespace changes that one. The only place that names the program.
 */
export async function runNft(ruleset: string): Promise<void> {
  try {
    await runCommand('nft', ['-f', '-'], { input: ruleset });
  } catch (error) {
    throw new InternalError(`cannot change the packet filter: ${messageOf(error)}`, { cause: error });
  }
}

/**
 * Changes of one table, several at a time: what comes while a transaction runs goes into the next one together. Twenty
 * containers that start at once cost two or three runs of the program.
 */
export class RulesetWriter {
  #waiting: { text: string; resolve: () => void; reject: (error: unknown) => void }[] = [];
  #running = false;

  apply(text: string): Promise<void> {
    if (text === '') return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ text, resolve, reject });
      if (!this.#running) void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    this.#running = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        await runNft(batch.map((change) => change.text).join(''));
        for (const change of batch) change.resolve();
      } catch (error) {
        // One bad change fails the batch; on their own the good ones succeed.
        if (batch.length === 1) batch[0]!.reject(error);
        else for (const change of batch) await runNft(change.text).then(change.resolve, change.reject);
      }
    }
    this.#running = false;
  }
}
