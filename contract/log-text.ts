/** What engine and window agree on about a log line: its plain text, which is searched, and its level, which is counted. */

// CSI (ECMA-48 5.4), OSC/DCS/APC/PM/SOS strings with their end, and two-byte escapes; an unfinished one runs to the end of the line.
export const escapeSequences = /\x1b\[([0-?]*)[ -/]*([@-~]|$)|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\|$)|\x1b[ -/]*[0-~]?|\x9b([0-?]*)[ -/]*([@-~]|$)/g;

// C0 and C1 without tab and carriage return, and the characters that reorder text around them (a log line must not fake its neighbours).
export const unseenCharacters = /[\x00-\x08\x0a-\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f]/g;

/** The text without any escape sequence, as it is searched, copied and measured. */
export function plainText(line: string): string {
  const text = line.replace(escapeSequences, '').replace(unseenCharacters, '').replace(/\r+$/, '');
  // A carriage return starts the line over, as a terminal shows it: progress bars keep their last state.
  return text.slice(text.lastIndexOf('\r') + 1);
}

export type LogLevel = 'error' | 'warning' | 'info' | 'debug';

const levelWords: Record<string, LogLevel> = {
  fatal: 'error', panic: 'error', crit: 'error', critical: 'error', emerg: 'error', alert: 'error', error: 'error', err: 'error', severe: 'error',
  warning: 'warning', warn: 'warning', wrn: 'warning',
  notice: 'info', info: 'info', inf: 'info',
  debug: 'debug', dbg: 'debug', trace: 'debug', trc: 'debug', verbose: 'debug',
};
const word = 'fatal|panic|crit|critical|emerg|alert|error|err|severe|warning|warn|wrn|notice|info|inf|debug|dbg|trace|trc|verbose';

/** A level is believed where loggers put it: as a field, in brackets, or as a word of capitals near the beginning. */
const fieldLevel = new RegExp(`(?:["']?(?:level|lvl|severity)["']?\\s*[:=]\\s*["']?)(${word})\\b`, 'i');
const bracketLevel = new RegExp(`[\\[(<](${word})[\\])>]`, 'i');
const capitalLevel = new RegExp(`(?:^|[\\s|:])(${word.toUpperCase()})(?=$|[\\s|:])`);
const leadingLevel = new RegExp(`^(${word}):`, 'i');

/** Of a line without escape sequences; undefined when it does not say. */
export function levelOf(text: string): LogLevel | undefined {
  const head = text.slice(0, 200);
  const match = leadingLevel.exec(head) ?? fieldLevel.exec(head) ?? bracketLevel.exec(head.slice(0, 80)) ?? capitalLevel.exec(head.slice(0, 60));
  return match?.[1] === undefined ? undefined : levelWords[match[1].toLowerCase()];
}
