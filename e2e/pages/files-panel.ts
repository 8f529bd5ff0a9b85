import type { Download, Locator, Page } from '@playwright/test';

/** The files of a container or a volume. */
export class FilesPanel {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  row(name: string): Locator {
    return this.page.getByRole('grid', { name: /^Files of/ }).getByRole('row').filter({ hasText: name });
  }

  get preview(): Locator {
    return this.page.getByRole('complementary', { name: /^About/ });
  }

  /** Where the panel is: the last crumb. */
  get here(): Locator {
    return this.page.getByRole('navigation', { name: 'Path' }).locator('[aria-current=location]');
  }

  /** From this computer, as the file picker would give them. */
  async upload(...files: { name: string; text: string }[]): Promise<void> {
    await this.page.locator('.files input[type=file]').setInputFiles(files.map(({ name, text }) => ({ name, mimeType: 'text/plain', buffer: Buffer.from(text) })));
  }

  async pick(name: string, item: string): Promise<void> {
    await this.row(name).getByRole('button', { name: `More for ${name}` }).click();
    await this.page.getByRole('menuitem', { name: item }).click();
  }

  async download(act: () => Promise<unknown>): Promise<Download> {
    const [download] = await Promise.all([this.page.waitForEvent('download'), act()]);
    return download;
  }
}
