/** A variable whose value is likely a secret by its name; it is shown only when asked for and passed by name in commands. */
export function looksSecret(name: string): boolean {
  return /(?:^|_)(?:PASS(?:WORD|WD|PHRASE)?|PWD|SECRET|TOKEN|CREDENTIALS?|(?:API|ACCESS|PRIVATE|SECRET|ENCRYPTION|SIGNING)_?KEY)(?:$|_)/i.test(name) && !/_FILE$/i.test(name);
}
