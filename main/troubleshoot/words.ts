import type { CheckId, CheckResult, Finding } from '../../contract/troubleshoot.ts';

/**
 * The words of the checks for a terminal. They are the window's English ones, held equal by `words.test.ts`: `main` may not read the window's
 * catalogue, and one of the two would be forgotten.
 */
export const checkNames = {
  virtualisation: 'Virtualisation',
  qemu: 'QEMU',
  disk: 'Disk',
  memory: 'Memory',
  dns: 'Names on the network',
  engine: 'Engine',
  socket: 'Docker socket',
  clock: 'Clock',
  ports: 'Published ports',
} as const;

export const findingWords = {
  virtualisation: {
    good: '{{name}} can be used.',
    none: 'This computer cannot accelerate the VM, which is slower so. {{reason}}',
    skipped: 'Not needed: the engine runs on this computer itself.',
  },
  qemu: {
    good: 'QEMU {{version}} is here.',
    missing: '{{reason}}',
    skipped: 'Not needed: there is no VM.',
  },
  disk: {
    good: '{{free}} are free where {{folder}} lies.',
    low: 'Only {{free}} are free where {{folder}} lies.',
    full: '{{free}} are free where {{folder}} lies: too little to start.',
    failed: '{{folder}} cannot be read. {{reason}}',
  },
  memory: {
    good: 'The VM takes {{wanted}} of {{total}}; {{free}} are free.',
    tight: 'The VM takes {{wanted}}; this computer has {{total}}, of which {{free}} are free.',
    skipped: 'Containers take it from this computer itself.',
  },
  dns: {
    good: '{{host}} is found.',
    servers: 'This computer asks {{servers}}.',
    none: 'This computer has nobody to ask for names.',
    failed: '{{host}} is not found. {{reason}}',
    skipped: 'The engine names no registry to look for.',
  },
  engine: {
    good: 'Version {{version}} answered in {{took}} ms.',
    slow: 'Version {{version}} took {{took}} ms to answer.',
    failed: 'It does not answer. {{reason}}',
    skipped: 'It is stopped.',
  },
  socket: {
    good: 'The docker CLI reaches the engine at {{path}}.',
    exposed: 'Others than you can reach {{path}} (of user {{owner}}, mode {{mode}}), and with it the whole engine.',
    failed: 'Nothing answers at {{path}}. {{reason}}',
    skipped: 'Slipway does not run.',
  },
  clock: {
    good: 'Engine and computer agree.',
    off: 'The engine\'s clock is {{seconds}} s away from this computer\'s.',
    skipped: 'The engine did not tell its time.',
  },
  ports: {
    good_one: 'The one published port answers.',
    good_other: 'All {{count}} published ports answer.',
    silent_one: 'Port {{ports}} does not answer on this computer.',
    silent_other: '{{count}} ports do not answer on this computer: {{ports}}.',
    skipped: 'No running container publishes one.',
  },
} as const;

export const stepWords = {
  virtualisation: {
    none: 'Switch virtualisation on in the computer\'s firmware (VT-x, AMD-V), and see that you may open /dev/kvm.',
  },
  qemu: {
    missing: 'Install it, then check again.',
  },
  disk: {
    low: 'Remove images and containers that nobody needs, or give the folder more space.',
    full: 'Free some space on this disk, then start again.',
    failed: 'See that the folder exists and belongs to you.',
  },
  memory: {
    tight: 'Give the VM less memory in the settings, or close other programs.',
  },
  dns: {
    none: 'Connect this computer to a network, or name a DNS server in its settings.',
    failed: 'See that this computer is online; behind a proxy this may be as it should be.',
  },
  engine: {
    slow: 'Look whether this computer is very busy, or its disk is.',
    failed: 'Start the engine, or stop and start it.',
  },
  socket: {
    exposed: 'Stop Slipway, make the file yours alone (chown, chmod go=), and start again: it makes its files anew.',
    failed: 'Start Slipway again; it makes the socket anew.',
  },
  clock: {
    off: 'Stop and start the engine: certificates and signatures fail while clocks disagree.',
  },
  ports: {
    silent: 'See in the container\'s log whether its program listens, and on 0.0.0.0 rather than 127.0.0.1. Another program on this computer may also hold the port.',
  },
} as const;

/** In bytes, told in words. */
const sizes = new Set(['free', 'wanted', 'total']);

/** What was found as a sentence, and what to do where something is to be done. */
export function checkSentences({ finding, values }: CheckResult): { found: string; step?: string } {
  const found = sentence(findingWords, finding, values) ?? finding;
  const step = sentence(stepWords, finding, values);
  return { found, ...(step === undefined ? {} : { step }) };
}

/** `ports.good` has a form for one and one for many. */
function sentence(words: Record<string, Record<string, string>>, finding: Finding, values: CheckResult['values']): string | undefined {
  const [id = '', name = ''] = finding.split('.');
  const text = words[id]?.[name] ?? words[id]?.[`${name}_${values['count'] === 1 ? 'one' : 'other'}`];
  return text?.replaceAll(/\{\{(\w+)\}\}/g, (_mark, value: string) => (sizes.has(value) ? bytes(Number(values[value])) : String(values[value] ?? ''))).trim();
}

function bytes(count: number): string {
  const gib = count / 1024 ** 3;
  return gib >= 1 ? `${gib.toFixed(1)} GiB` : `${Math.round(count / 1024 ** 2)} MiB`;
}

export const checkName = (id: CheckId): string => checkNames[id];
