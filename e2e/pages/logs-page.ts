import type { Locator, Page } from '@playwright/test';

/** Logs, on their own page or as a container's tab. */
export class LogsPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get lines(): Locator {
    return this.page.getByRole('log', { name: 'Log lines' });
  }

  get search(): Locator {
    return this.page.getByRole('searchbox', { name: 'Search in the log' });
  }

  /** `3 of 1,204`. */
  get matches(): Locator {
    return this.page.locator('.log-bar .filter-field__note');
  }

  get foot(): Locator {
    return this.page.locator('.log-foot');
  }

  get follow(): Locator {
    return this.foot.getByRole('button');
  }

  /** The line of the match that was gone to. */
  get current(): Locator {
    return this.page.locator('.log-line--now');
  }

  /** The button that says whose logs are merged, and picks others. */
  get sources(): Locator {
    return this.page.locator('button.log-sources');
  }

  async open(...names: string[]): Promise<void> {
    await this.page.evaluate((hash) => void (location.hash = hash), `#/logs/${names.join(',')}`);
  }
}
