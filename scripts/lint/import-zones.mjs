// Rule `slipway/import-zones`: which folder may import which (docs/architecture.md, part 3). Imports between our own files are relative and carry their
// extension, so a path is resolved without looking at the disk.
import { dirname, join, relative, sep } from 'node:path';

/** Which other top-level folders a folder may import: `contract` at the most, and `contract` itself nothing. */
const mayImport = { contract: [], engine: ['contract'], main: ['contract'], renderer: ['contract'], e2e: ['contract'], bench: ['e2e'], 'vm-assets': [], scripts: [] };

/** Inside the engine imports go down only: no row imports the rows above it. */
const engineLayers = [['main.ts', 'vm-main.ts'], ['door.ts'], ['api', 'guest'], ['containers', 'images', 'network', 'volumes', 'build', 'system'], ['runtime', 'snapshots', 'registry', 'events', 'shimd'], ['content', 'store'], ['errors.ts', 'config.ts', 'log.ts', 'lib']];

/** Parts of the window, and what each may not import. */
const rendererBans = { components: ['stores', 'features', 'api.ts'], stores: ['features', 'components'], 'api.ts': ['stores', 'features', 'components'] };

const layerOf = (part) => engineLayers.findIndex((row) => row.includes(part));

/** What is wrong with an import of `to` in `from`, both relative to the project with `/`; undefined when nothing is. */
export function zoneError(from, to) {
  const [fromFolder, fromPart] = from.split('/');
  const [toFolder, toPart, ...rest] = to.split('/');
  if (!(fromFolder in mayImport)) return undefined;
  if (fromFolder !== toFolder) {
    if (!(toFolder in mayImport) || mayImport[fromFolder].includes(toFolder)) return undefined;
    return `${fromFolder} may not import ${toFolder}: a top-level folder imports itself and contract/, nothing else (docs/architecture.md).`;
  }
  if (fromFolder === 'engine' && layerOf(fromPart) > layerOf(toPart) && layerOf(toPart) !== -1) {
    // The interfaces that a consumer states (types only) are what its implementations below may name.
    if (rest.join('/') === 'collaborators.ts') return undefined;
    return `engine/${fromPart} may not import engine/${toPart}: inside engine imports go down only (docs/architecture.md, part 3).`;
  }
  if (fromFolder === 'renderer' && rendererBans[fromPart]?.includes(toPart)) {
    return `renderer/${fromPart} may not import renderer/${toPart}: features → stores → api, and components are presentational.`;
  }
  return undefined;
}

const projectRoot = dirname(dirname(import.meta.dirname));
const inProject = (path) => relative(projectRoot, path).split(sep).join('/');

const rule = {
  meta: { type: 'problem', docs: { description: 'which folder may import which' } },
  create(context) {
    const look = (node) => {
      const source = node.source?.value;
      if (typeof source !== 'string' || !source.startsWith('.')) return;
      const message = zoneError(inProject(context.filename), inProject(join(dirname(context.filename), source)));
      if (message !== undefined) context.report({ node: node.source, message });
    };
    return { ImportDeclaration: look, ExportNamedDeclaration: look, ExportAllDeclaration: look, ImportExpression: look };
  },
};

export default { meta: { name: 'slipway' }, rules: { 'import-zones': rule } };
