/** `[source:]target[:options]`, as `--volume` takes it. A drive letter's colon is none of the three's. */
export function readVolume(text: string): { source: string; target: string; readOnly: boolean; more: string } {
  const drive = /^[A-Za-z]:[\\/]/.test(text) ? text.slice(0, 2) : '';
  const parts = text.slice(drive.length).split(':');
  const [first = '', second, ...rest] = parts;
  if (second === undefined) return { source: '', target: `${drive}${first}`, readOnly: false, more: '' };
  const options = rest.join(':').split(',').filter((option) => option !== '' && option !== 'rw');
  return { source: `${drive}${first}`, target: second, readOnly: options.includes('ro'), more: options.filter((option) => option !== 'ro').join(',') };
}
