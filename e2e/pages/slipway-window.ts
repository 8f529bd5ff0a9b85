import type { Locator, Page } from '@playwright/test';

/** The frame around every screen: navigation, engine state, last command. */
export class SlipwayWindow {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get navigation(): Locator {
    return this.page.getByRole('navigation', { name: 'Navigation' });
  }

  get engineState(): Locator {
    return this.page.locator('.engine-foot');
  }

  get strip(): Locator {
    return this.page.locator('[data-region=strip]');
  }

  async goTo(name: 'Containers' | 'Images' | 'Logs'): Promise<void> {
    await this.navigation.getByRole('link', { name }).click();
  }

  /** The start-up screen while the VM comes up. */
  get launching(): Locator {
    return this.page.getByRole('heading', { name: 'Launching the engine' });
  }
}
