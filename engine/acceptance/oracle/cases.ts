import { archiveCases } from './archive-cases.ts';
import { containerCases } from './container-cases.ts';
import { createCases } from './create-cases.ts';
import { execCases } from './exec-cases.ts';
import { imageCases } from './image-cases.ts';
import { networkCases } from './network-cases.ts';
import { protocolCases } from './protocol-cases.ts';
import type { Noun } from './replay/oracle-case.ts';
import { streamCases } from './stream-cases.ts';
import { swarmCases } from './swarm-cases.ts';
import { systemCases } from './system-cases.ts';
import { volumeCases } from './volume-cases.ts';

/** All cases of the differential suite, by noun. */
export const nouns: readonly Noun[] = [protocolCases, systemCases, containerCases, createCases, streamCases, execCases, archiveCases, imageCases, volumeCases, networkCases, swarmCases];
