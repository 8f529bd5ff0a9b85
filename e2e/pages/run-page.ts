import type { Locator, Page } from '@playwright/test';

/** The form for everything `docker run` can do. */
export class RunPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get image(): Locator {
    return this.page.getByRole('combobox', { name: 'Image' });
  }

  get name(): Locator {
    return this.page.getByLabel('Name', { exact: true });
  }

  /** Of the first port row. */
  get hostPort(): Locator {
    return this.page.getByRole('textbox', { name: 'On this computer' }).first();
  }

  get insidePort(): Locator {
    return this.page.getByRole('textbox', { name: 'In the container' }).first();
  }

  get command(): Locator {
    return this.page.getByTestId('command-preview');
  }

  /** What stands in the way, with the buttons that settle it. */
  conflict(about: string | RegExp): Locator {
    return this.page.locator('.conflict').filter({ hasText: about });
  }

  get run(): Locator {
    return this.page.getByRole('button', { name: 'Run', exact: true });
  }

  async addVolume(source: string, target: string): Promise<void> {
    await this.page.getByRole('button', { name: 'Add a volume' }).click();
    await this.page.getByRole('textbox', { name: 'Volume, or a folder of this computer' }).last().fill(source);
    await this.page.getByRole('textbox', { name: 'Path in the container' }).last().fill(target);
  }

  async addVariable(name: string, value: string): Promise<void> {
    await this.page.getByRole('button', { name: 'Add a variable' }).click();
    await this.page.getByRole('textbox', { name: 'Name of the variable' }).last().fill(name);
    await this.page.getByLabel('Value', { exact: true }).last().fill(value);
  }

  async unfold(group: string): Promise<void> {
    await this.page.getByRole('button', { name: new RegExp(`^${group}`) }).click();
  }
}
