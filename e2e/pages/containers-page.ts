import type { Locator, Page } from '@playwright/test';

export class ContainersPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get heading(): Locator {
    return this.page.getByRole('heading', { name: 'Containers', exact: true });
  }

  get empty(): Locator {
    return this.page.getByRole('heading', { name: 'No containers yet' });
  }

  /** Runs the built-in image from the empty screen. */
  async runHello(): Promise<void> {
    await this.page.getByRole('button', { name: 'Run it' }).click();
  }

  row(name: string): Locator {
    return this.page.getByRole('row').filter({ has: this.page.getByRole('link', { name, exact: true }) });
  }

  get rows(): Locator {
    return this.page.getByRole('treegrid', { name: 'Containers' }).locator('.data-table__row:not([aria-expanded])');
  }

  /** The head of a compose project. */
  project(name: string): Locator {
    return this.page.locator('.data-table__group').filter({ hasText: name });
  }

  get filter(): Locator {
    return this.page.getByRole('searchbox', { name: 'Filter by name, image, port' });
  }

  /** The bar that takes the list's bar's place while something is selected. */
  get selection(): Locator {
    return this.page.getByRole('toolbar', { name: 'Selection' });
  }

  async open(name: string): Promise<void> {
    await this.row(name).getByRole('link', { name, exact: true }).click();
  }

  async act(verb: 'Start' | 'Stop' | 'Restart', name: string): Promise<void> {
    const row = this.row(name);
    await row.hover();
    await row.getByRole('button', { name: `${verb} ${name}` }).click();
  }

  /** Through the row's menu and the dialog that says what is lost. */
  async remove(name: string): Promise<void> {
    const row = this.row(name);
    await row.hover();
    await row.getByRole('button', { name: `More for ${name}` }).click();
    await this.page.getByRole('menuitem', { name: /^Remove/ }).click();
    await this.page.getByRole('button', { name: `Remove ${name}` }).click();
  }
}
