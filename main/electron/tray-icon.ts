/** The mark in 36 × 36 pixels (18 points), a colour that light and dark bars both show: `renderer/public/mark.svg` as a picture, because trays take no drawings. */
export const trayIcon = Buffer.from(
  [
    'iVBORw0KGgoAAAANSUhEUgAAACQAAAAkCAYAAADhAJiYAAADZklEQVR4nOyYW0gUYRTHz5nd1VQwLaPIiLCyGU2MigqCLkhIDyFtqw/60g3EXM3EIqHIjF4sxNw18aX0IdJ1XYsgMirf',
    'umB2I3YVJC0oEsQy8ZK6czrrJbysu7M6Gwb+YGFnzjnf9/++c843syvAAkOABcaiIG/834JiSi07wM8oFiTetO0lxBcxZms2+BFU6iiZrc3svHX8stIZpMtuPZHUCyqjSJBoqt0nIDZO',
    'vkdAX0HGo45swxNQEUUpY9XJM+9hJEc/lkzWkg2lDwNBJZTVEOIut7ddFoTTOuxr4tqKhX8lCIkiPNoR4ziH7yRT7UUoaNSCvwVxd3V4dULQsrBCKaLrpVRu2wxzRKmg26AQrq1tOCK/',
    'lcy1V2IslgDwEV/avoadU8AHiKid15zvMOotnFdSEqNY0LioDJ6mmHdhiS9xXF/vnSDktmbpn3lz/Sto5bWGkLCQ3vWtpwwfPAWI5fXr0Oms5sCd4CsEDaQV8hwZ+o/gSZB0w7oRNfSK',
    'L8M5qIVrJs1hPPJm1oELSBAj6nIQ6Kqvu0WukiR4Tgh3cEiuseemdE+2jxW1hvSjYsYkijxRMxflhdkFodxiNBTLAm1xpQN8AEfrHnazrkLnEmGNGzs/xUssa0GDdi68kGn2JkA51Z6Z',
    '0jbrDHzuSMu78nmkSzyTBpThIMCDnIXPbgW5iDZZRQ2QZfSQm0o/b/M5h9FQ5mmG6FJbvBblKh4x3pMfPwOruwdCT3aeTexzZ5/aZRWvdTHD7ZddAmaulp4OjASkteckdYIHJLPtAJLz',
    'DH/dM7Hj3P4yT9TAs1XYjcn3PcW7bftNJut2DUINf42aJuqHjJjZkmm4C97gwo9eVh9HGhgaDg5v7zi2fxAUMOs5tLriQXDY8GAxu6RPt/GKbb8D6Pin9JQeUBmvB6NosiYKSJXsumqq',
    'hb47SZOm5LBTVZCLqArL0sAhvMUFr59u43or79EF5n1LP9QPKuDTo0M01aUKQGUcFTbFQPRFFvC8otpSU5CL6HJLpNaJVRyaMMNIxK2MbdzaP0Eh/II3wtv8yJ6VfH1OgiYQy6xGlKmI',
    '0xgEKkAEhx1Zhntz/qHI6TGjQFHccUX8+QXzxfUyDPPYocnwS36oThhIQJLjecRYXu0KpbGqpcxfLP7Z4I1FQd74AwAA//+bIQrUAAAABklEQVQDAG4LIprWpjjFAAAAAElFTkSuQmCC',
  ].join(''),
  'base64',
);
