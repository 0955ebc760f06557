import { userInfo } from 'node:os'

/** Who sits at this machine, as the journal names them: the account, or its number where it has no name (containers). */
export function localActor(): string {
  try {
    return userInfo().username
  } catch {
    // An account without an entry in the user database.
    return `uid ${process.getuid?.() ?? 'unknown'}`
  }
}
