/** `name:alias`, or a name alone that is its own alias; the slashes of moby's full names are left out. */
export function parseLink(link: string): { name: string; alias: string } {
  const [name = '', alias = ''] = link.split(':');
  const last = (path: string) => path.split('/').at(-1)!;
  return { name: last(name), alias: last(alias) || last(name) };
}
