import { randomInt } from 'node:crypto';
import { InvalidParameterError } from '../../errors.ts';

/** moby's rule, `api/types/container` and daemon/names: two characters at least. */
const validName = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;

/** The name without its slash. @throws InvalidParameterError in moby's words */
export function checkName(name: string): string {
  const bare = name.startsWith('/') ? name.slice(1) : name;
  if (!validName.test(bare)) throw new InvalidParameterError(`Invalid container name (${name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`);
  return bare;
}

const adjectives = (
  'agile amber ample ardent balmy bold brave breezy bright brisk calm candid cheerful clear clever cosy crisp curious dapper daring dashing deft ' +
  'earnest easy elated fair fearless festive fleet fluent fond frank fresh gallant gentle gleaming glad golden graceful grand happy hardy hearty ' +
  'honest humble jaunty jolly jovial joyful keen kind lively loyal lucid lucky mellow merry mighty mindful modest neat nimble noble patient peppy ' +
  'placid plucky polite prompt proud quick quiet radiant ready robust rosy serene sharp shiny silent smart snug sober spry stable steady stoic ' +
  'sturdy sunny swift tender thrifty tidy tranquil trusty upbeat valiant vivid warm wise witty zealous zesty'
).split(' ');

/** Sailors, shipbuilders, cartographers and people of science. */
const surnames = (
  'amundsen anning archimedes babbage banks baret barents bell bering bernoulli blackwell bohr boole bose bougainville brahe cabot cavendish chaplin ' +
  'cochran cook copernicus curie darwin dekker descartes drake earhart einstein erikson euclid euler faraday fermi feynman flinders franklin galilei ' +
  'gama gauss germain goddard gutenberg halley hamilton heisenberg herschel hertz hilbert hodgkin hopper hubble hudson humboldt huygens hypatia ' +
  'jemison johnson joule kepler knuth kowalevski lagrange lamarr laplace leavitt leibniz lomonosov lovelace magellan marconi maury maxwell mayer ' +
  'meitner mendel mercator mitchell nansen napier nautilus newton noether ohm pascal pasteur pauli peary planck plimsoll ptolemy ramanujan ride ' +
  'ritchie rutherford scott shackleton shannon slocum somerville stallings tasman tesla thales torricelli turing vancouver vespucci volta wallace ' +
  'watt whewell wilkins yonath zheng'
).split(' ');

/** A name that nobody has: `swift_lovelace`; with a digit behind it when luck fails six times. */
export function generateName(isTaken: (name: string) => boolean): string {
  for (let attempt = 0; attempt < 6; attempt += 1) {
    const name = `${pick(adjectives)}_${pick(surnames)}`;
    if (!isTaken(name)) return name;
  }
  for (;;) {
    const name = `${pick(adjectives)}_${pick(surnames)}${randomInt(1000)}`;
    if (!isTaken(name)) return name;
  }
}

function pick(words: readonly string[]): string {
  return words[randomInt(words.length)]!;
}
