import type { Locator, Page } from '@playwright/test';

export class DetailsPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async tab(name: 'Overview' | 'Logs' | 'Terminal' | 'Files' | 'Stats' | 'Processes' | 'Inspect'): Promise<void> {
    await this.page.getByRole('tab', { name }).click();
  }

  /** What the engine knows of the container, when it is there. */
  get overview(): Locator {
    return this.page.getByRole('region', { name: 'Overview' });
  }

  get logLines(): Locator {
    return this.page.getByRole('log', { name: 'Log lines' });
  }

  /** What the terminal shows, rows joined; its rows are elements of the page with the DOM renderer. */
  get screen(): Locator {
    return this.page.locator('.xterm-rows:visible');
  }

  /** Through the menu of the container's page. */
  async pick(container: string, item: string): Promise<void> {
    await this.page.getByRole('button', { name: `More for ${container}` }).click();
    await this.page.getByRole('menuitem', { name: item }).click();
  }

  async type(text: string): Promise<void> {
    await this.page.locator('.xterm:visible .xterm-helper-textarea').focus();
    await this.page.keyboard.type(text);
    await this.page.keyboard.press('Enter');
  }
}
