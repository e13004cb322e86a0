/**
 * A request that cannot be met: a malformed script, an unknown option, a file that is not there.
 * The message is one clear sentence that says what and where; the command line prints it and exits
 * with 2.
 */
export class UserError extends Error {
  override readonly name = "UserError";
}
