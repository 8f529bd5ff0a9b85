import type { KnownDifference } from './known-difference.ts';
import { messages } from './known-difference.ts';

export const imageDifferences: KnownDifference[] = [
  {
    noun: '*',
    request: /^GET \/images\/(made|running)/,
    paths: ['body.DockerVersion', 'body.Config.Hostname', 'body.Config.Image'],
    reason: 'images that are made here say nothing of the engine and nothing of the container',
  },
  {
    noun: '*',
    request: /^POST \/commit/,
    paths: ['body.Id'],
    reason: 'the id of an image that is made here is another: its config has other members',
  },
  {
    noun: '*',
    request: /^GET \/images\/made/,
    paths: ['body.Config.Env.*'],
    reason: 'variables that `--change` sets come after the container\'s, and can speak of those',
  },
  {
    noun: 'archive',
    paths: ['body.lines.*.Actor.Attributes.imageRef'],
    reason: 'the event `commit` says the tag too',
  },
  {
    noun: 'images',
    paths: ['status', 'body.message'],
    when: messages(/^No such image: /, /^no such image: .*: No such image: /),
    reason: 'moby 28 says `No such image: …` once',
  },
  {
    noun: 'images',
    request: /dangling/,
    paths: ['status', 'body'],
    reason: 'moby 28 reads `dangling` as `true` and `1`, `false` and `0`, and refuses both at once',
  },
  {
    noun: 'images',
    request: /^POST \/images\/[^ ]+\/push(\?tag=\w+)?$/,
    paths: ['status', 'body.message', 'body.lines.length', 'body.lines.*.status', 'body.lines.*.message', 'header.content-type'],
    when: messages(/.?/, /^Bad parameters and missing X-Registry-Auth: EOF$/),
    reason: 'a push needs no `X-Registry-Auth`, as with moby 28',
  },
  {
    noun: 'images',
    request: /^POST \/images\/create/,
    paths: ['status', 'body.message'],
    when: messages(/nothing to make an image of/),
    reason: '`POST /images/create` without anything to make an image of is 400 and says what to give',
  },
  {
    noun: 'images',
    request: /^POST \/images\/(load|create)/,
    paths: ['status', 'body.message', 'body.error', 'body.errorDetail.message'],
    when: (difference) => /archive/.test(JSON.stringify(difference.ours)) || difference.path === 'status',
    reason: 'an archive that is none is the client\'s mistake (400), and is described by this engine',
  },
  {
    noun: 'images',
    request: /^POST \/images\/prune/,
    paths: ['status', 'body.message'],
    when: messages(/^invalid value for 'until' filter/),
    reason: "moby 28 says `invalid value for 'until' filter: …`",
  },
];
