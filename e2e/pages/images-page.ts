import type { Locator, Page } from '@playwright/test';

export class ImagesPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  row(name: string): Locator {
    return this.page.getByRole('row').filter({ hasText: name }).filter({ hasNot: this.page.getByRole('group') });
  }

  async pull(reference: string): Promise<void> {
    await this.page.getByRole('button', { name: 'Pull…' }).first().click();
    await this.page.getByRole('dialog').getByLabel('Image').fill(reference);
    await this.page.getByRole('dialog').getByRole('button', { name: 'Pull', exact: true }).click();
  }

  /** An item of the row's menu, by keyboard. */
  async pick(name: string, item: string): Promise<void> {
    await this.row(name).focus();
    await this.page.keyboard.press('Shift+F10');
    await this.page.getByRole('menuitem', { name: item }).focus();
    await this.page.keyboard.press('Enter');
  }

  async load(path: string): Promise<void> {
    await this.page.locator('input[type=file]').setInputFiles(path);
  }

  /** A pull or load under way or failed, on top of the list. */
  transfer(subject: string): Locator {
    return this.page.getByRole('group', { name: new RegExp(`(Pulling|Loading) ${subject.replaceAll('.', '[.]')}`) });
  }
}
