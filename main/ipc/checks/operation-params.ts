import type { OperationKind, OperationParams } from '../../../contract/engine-operation.ts';
import { engineOperations, type OperationName, type OperationOf } from '../../../contract/engine-operations.ts';
import type { OperationRequest } from '../../../contract/ipc.ts';
import { Failure } from '../../failure.ts';
import { matching, record, text, type Check } from './check.ts';
import { containerId, imageId } from './references.ts';

const inPath: Record<string, Check<string>> = { id: containerId, image: imageId };
const auth = matching(/^[A-Za-z0-9_=-]{1,65536}$/, 'base64url');
const longest = 64 * 1024;

/** An operation of that kind with its parameters: those that the table names and no others, each fit for its place. */
export function operationRequest<K extends OperationKind>(kind: K): Check<OperationRequest<K>> {
  return (value, name) => {
    const fields = record(value, name);
    for (const field of Object.keys(fields)) if (field !== 'operation' && field !== 'params') throw new Failure('invalid', `${name} has no field ${field}.`);
    const operation = operationName(fields['operation'], `${name}.operation`);
    if (engineOperations[operation].kind !== kind) throw new Failure('invalid', `${name}.operation must be one that answers with ${kind}.`);
    return { operation: operation as OperationOf<K>, params: operationParams(operation, fields['params'], `${name}.params`) };
  };
}

function operationName(value: unknown, name: string): OperationName {
  // Own members only: an operation called `constructor` must not find Object's.
  if (typeof value !== 'string' || !Object.hasOwn(engineOperations, value)) throw new Failure('invalid', `${name} is unknown.`);
  return value as OperationName;
}

function operationParams(operation: OperationName, value: unknown, name: string): OperationParams {
  const { path, query } = engineOperations[operation];
  const fields = record(value, name);
  const checked: OperationParams = {};
  const places = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
  for (const field of places) checked[field] = (inPath[field] ?? containerId)(fields[field], `${name}.${field}`);
  for (const [field, given] of Object.entries(fields)) {
    if (given == null || places.includes(field)) continue;
    if (query.includes(field)) checked[field] = queryValue(given, `${name}.${field}`);
    // The engine checks a body, with the messages that the docker CLI gets as well.
    else if (field === 'body') checked[field] = record(given, `${name}.body`);
    else if (field === 'auth') checked[field] = auth(given, `${name}.auth`);
    else throw new Failure('invalid', `${name} has no field ${field}.`);
  }
  return checked;
}

function queryValue(value: unknown, name: string): unknown {
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value)) || value === '') return value;
  if (Array.isArray(value)) return value.map((item, index) => text(longest)(item, `${name}[${index}]`));
  if (typeof value === 'object') return record(value, name);
  return text(longest)(value, name);
}
