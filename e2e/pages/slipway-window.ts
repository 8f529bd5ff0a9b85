import { expect, type Locator, type Page } from '@playwright/test';

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

  async goTo(name: 'Home' | 'Containers' | 'Images' | 'Volumes' | 'Networks' | 'Logs' | 'Stats' | 'Disk'): Promise<void> {
    await this.navigation.getByRole('link', { name }).click();
  }

  /** To an address of the window, as a deep link would; waits until the page is there. */
  async visit(hash: string): Promise<void> {
    await this.page.evaluate((next) => void (location.hash = next), hash);
    await this.page.locator('.frame__page > section').first().waitFor();
    await expect(this.page.locator('.frame__page .skeleton')).toHaveCount(0);
  }

  get dialog(): Locator {
    return this.page.getByRole('dialog');
  }

  /** By the keyboard: the palette, what is typed, and Enter. */
  async palette(query: string): Promise<void> {
    await this.page.keyboard.press('Control+k');
    await this.page.keyboard.type(query);
    await this.page.keyboard.press('Enter');
  }

  /** The start-up screen while the VM comes up. */
  get launching(): Locator {
    return this.page.getByRole('heading', { name: 'Launching the engine' });
  }
}
