/** A small world to try: what a weak signature check leads to. */

export const EXAMPLE = {
  text: `\
Every token is a credential.
JWT is a token. Session cookie is a token.
JWT is part of the login service.
Padding oracle enables decryption.
Everything that is exposed to account takeover is critical.
No critical thing is safe.
(jwt vulnerable_to "timing attack") @0.85
("timing attack" enables "signature forgery") @0.9
("signature forgery" enables "account takeover")
(?x enables ?y) & (?y enables ?z) => (?x enables ?z)
(?x vulnerable_to ?y) & (?y enables ?z) => (?x exposed_to ?z) @0.9
`,
  question: "Is JWT safe?",
};
