import { Failure, messageOf } from '../failure.ts';
import type { Settings, SettingsProblem } from '../../contract/ipc.ts';
import { migrateSettings, settingsFrom } from './settings-shape.ts';

/**
 * Settings out of a text that a person wrote, all or nothing.
 * @param defaults for what the text leaves out.
 */
export function readSettingsText(text: string, defaults: Settings): { settings: Settings } | { problem: SettingsProblem } {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    return { problem: { message: messageOf(error).replace(/ \(line \d+ column \d+\)$/, ''), line: lineOf(text) } };
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) return { problem: { message: 'It holds no object', line: 1 } };
  try {
    const { settings, complaints } = settingsFrom(migrateSettings(content as Record<string, unknown>), defaults);
    const [complaint] = complaints;
    if (complaint === undefined) return { settings };
    const before = text.slice(0, Math.max(0, text.indexOf(`"${complaint.split(' ', 1)[0]}"`)));
    return { problem: { message: complaint.replace(/; its default is used$/, ''), line: before.split('\n').length } };
  } catch (error) {
    if (error instanceof Failure) return { problem: { message: error.message } };
    throw error;
  }
}

/**
 * V8 tells a position for some mistakes and for others only the text around it; but it tells whether a beginning could go on, so that the
 * first line with which it could not is the one.
 */
function lineOf(text: string): number {
  const lines = text.split('\n');
  const wrong = lines.findIndex((_line, index) => !couldGoOn(lines.slice(0, index + 1).join('\n')));
  return wrong === -1 ? lines.length : wrong + 1;
}

function couldGoOn(beginning: string): boolean {
  try {
    JSON.parse(beginning);
    return true;
  } catch (error) {
    const message = messageOf(error);
    const position = /at position (\d+)/.exec(message)?.[1];
    return position === undefined ? /end of JSON/i.test(message) : Number(position) >= beginning.length;
  }
}
