import type { TarItem } from '../../format/files/tar-stream.ts';

/** What was picked or dropped, folders with all in them. Call it inside the event: the browser forgets the items after it. */
export function droppedItems(transfer: DataTransfer): Promise<TarItem[]> {
  const entries = [...transfer.items].map((item) => (item.kind === 'file' ? item.webkitGetAsEntry() : null)).filter((entry) => entry !== null);
  return entries.length === 0 ? Promise.resolve(pickedItems(transfer.files)) : collect(entries);
}

export function pickedItems(files: Iterable<File>): TarItem[] {
  return [...files].map((file) => ({ name: file.webkitRelativePath || file.name, blob: file, modified: file.lastModified }));
}

async function collect(entries: readonly FileSystemEntry[]): Promise<TarItem[]> {
  const items: TarItem[] = [];
  for (const entry of entries) {
    const name = entry.fullPath.replace(/^\//, '');
    if (entry.isFile) {
      const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
      items.push({ name, blob: file, modified: file.lastModified });
      continue;
    }
    items.push({ name, blob: null, modified: Date.now() });
    items.push(...(await collect(await entriesOf(entry as FileSystemDirectoryEntry))));
  }
  return items;
}

/** The browser gives a hundred at a time. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return all;
    all.push(...some);
  }
}
