import { hostname, userInfo } from 'node:os'

/** Who sits at this machine, as the journal names them: the account, or its number where it has no name (containers). */
export function localActor(): string {
  try {
    return userInfo().username
  } catch {
    // An account without an entry in the user database.
    return `uid ${process.getuid?.() ?? 'unknown'}`
  }
}

/**
 * Who does something: the account on this machine, which machine, and who that is to the cluster.
 * @param user `undefined` where the cluster does not tell
 */
export const actorAs = (user: string | undefined) => ({ actor: localActor(), host: hostname(), user })
