/**
 * A file of variables as `docker run --env-file` reads it: `NAME=value` a line, nothing is unquoted, `#` begins a comment line.
 * A name without a sign takes its value from the shell, which the window has not: it is left out.
 */
export function readEnvFile(text: string): { name: string; value: string }[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line) => line.trimStart())
    .filter((line) => line !== '' && !line.startsWith('#') && line.includes('='))
    .map((line) => ({ name: line.slice(0, line.indexOf('=')).trim(), value: line.slice(line.indexOf('=') + 1) }))
    .filter(({ name }) => name !== '' && !/\s/.test(name));
}
