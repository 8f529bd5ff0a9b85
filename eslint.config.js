import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import importX from 'eslint-plugin-import-x';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

const root = dirname(fileURLToPath(import.meta.url));
const folders = ['contract', 'engine', 'main', 'renderer', 'vm-assets', 'e2e', 'bench', 'scripts'];

/** Which other top-level folders a folder may import: `contract` at the most, and `contract` itself nothing. */
const mayImport = { contract: [], engine: ['contract'], main: ['contract'], renderer: ['contract'], e2e: ['contract'], bench: ['e2e'], 'vm-assets': [], scripts: [] };

const topLevelZones = folders.map((folder) => ({
  target: `./${folder}`,
  from: folders.filter((other) => other !== folder && !mayImport[folder].includes(other)).map((other) => `./${other}`),
  message: 'A top-level folder imports itself and contract/, nothing else (docs/architecture.md).',
}));

/** Inside the engine imports go down only; each row may not import the rows above it. */
const engineLayers = [['main.ts', 'vm-main.ts'], ['door.ts'], ['api', 'guest'], ['containers', 'images', 'network', 'volumes', 'build', 'system'], ['runtime', 'snapshots', 'registry', 'events', 'shimd'], ['content', 'store'], ['errors.ts', 'config.ts', 'log.ts', 'lib']];
const engineZones = engineLayers.flatMap((row, index) =>
  index === 0
    ? []
    : row.flatMap((part) =>
        engineLayers.slice(0, index).flat().map((upper) => ({
          target: `./engine/${part}`,
          from: `./engine/${upper}`,
          // The interfaces that a consumer states (types only) are what its implementations below may name.
          except: upper.endsWith('.ts') ? [] : ['./collaborators.ts'],
          message: 'Inside engine imports go down only (docs/architecture.md, part 3).',
        })),
      ),
);

const rendererZones = [
  { target: './renderer/components', from: ['./renderer/stores', './renderer/features', './renderer/api.ts'], message: 'Components are presentational: no stores, no api.' },
  { target: './renderer/stores', from: ['./renderer/features', './renderer/components'], message: 'features → stores → api.' },
  { target: './renderer/api.ts', from: ['./renderer/stores', './renderer/features', './renderer/components'], message: 'features → stores → api.' },
];

export default tseslint.config(
  { ignores: ['**/node_modules/**', 'dist/**', 'vm-assets/out/**', 'vm-assets/cache/**', 'e2e/artifacts/**', '.cache/**'] },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.recommended],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: root } },
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver-next': [createTypeScriptImportResolver({ project: root })] },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'import-x/no-restricted-paths': ['error', { basePath: root, zones: [...topLevelZones, ...engineZones, ...rendererZones] }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'max-lines': ['error', { max: 800 }],
    },
  },
  {
    files: ['renderer/**/*.{ts,tsx}'],
    ignores: ['renderer/**/*.test.{ts,tsx}'],
    extends: [reactHooks.configs.flat.recommended],
    rules: { 'no-restricted-imports': ['error', { patterns: ['node:*', 'electron'] }] },
  },
  { files: ['{contract,engine}/**/*.ts'], rules: { 'no-restricted-imports': ['error', { paths: ['electron'] }] } },
  {
    files: ['main/**/*.ts'],
    ignores: ['main/electron/**'],
    rules: { 'no-restricted-imports': ['error', { paths: [{ name: 'electron', message: 'Only main/electron knows Electron.' }] }] },
  },
);
