import type { Locator, Page } from '@playwright/test';

export class NetworksPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async showList(): Promise<void> {
    await this.page.getByRole('button', { name: 'List', exact: true }).click();
  }

  row(name: string): Locator {
    return this.page.getByRole('grid', { name: 'Networks' }).getByRole('row').filter({ has: this.page.locator('strong', { hasText: new RegExp(`^${name}$`) }) });
  }

  /** What stands beside map and list about the picked one. */
  pane(name: string): Locator {
    return this.page.getByRole('complementary', { name: `About ${name}` });
  }
}
