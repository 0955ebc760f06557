import type { ContextAccess } from '#main/cluster/kubeconfig.ts'
import type { ClusterEntry, UserEntry } from '#main/cluster/kubeconfig-file.ts'

/** Access to `server`, anonymous unless told otherwise. */
export function anAccess(
  server: string,
  options: { readonly cluster?: Partial<ClusterEntry>; readonly user?: Partial<UserEntry> } = {},
): ContextAccess {
  return {
    context: 'test',
    namespace: undefined,
    cluster: {
      name: 'test',
      server,
      certificateAuthority: undefined,
      insecureSkipTlsVerify: false,
      tlsServerName: undefined,
      proxyUrl: undefined,
      execConfig: undefined,
      ...options.cluster,
    },
    user: options.user === undefined ? undefined : { ...anonymous, ...options.user },
  }
}

const anonymous: UserEntry = {
  name: 'test',
  certificate: undefined,
  key: undefined,
  token: undefined,
  tokenFile: undefined,
  username: undefined,
  password: undefined,
  impersonate: undefined,
  exec: undefined,
  authProvider: undefined,
}
