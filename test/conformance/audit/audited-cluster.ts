import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ContextAccess, loadKubeconfig } from '#main/cluster/kubeconfig.ts'
import { createClusterClient } from '#main/cluster/rest.ts'
import { fleetKubeconfig } from '#main/sandbox/fleet-kubeconfig.ts'
import { systemClock } from '#main/system-clock.ts'
import { findBinaries, kubernetesVersions } from '#test/testbed/binaries.ts'
import { startControlPlane, stopControlPlane } from '#test/testbed/control-plane.ts'

/** What an API server tells of one request in its audit log. */
interface AuditEvent {
  readonly verb: string
  readonly userAgent?: string
  readonly user: { readonly username: string }
  readonly objectRef?: {
    readonly resource: string
    readonly apiGroup?: string
    readonly subresource?: string
    readonly namespace?: string
    readonly name?: string
  }
  readonly responseStatus?: { readonly code?: number }
}

/** What the API server and the record of the app both know of a write. */
export interface WriteTold {
  readonly verb: string
  readonly resource: string
  readonly subresource?: string | null | undefined
  readonly namespace?: string | null | undefined
  readonly name?: string | undefined
  readonly code?: number | null | undefined
}

/** In words that both can be put in: `patch rollouts.argoproj.io web/shop 200`. */
export const writeLine = (write: WriteTold): string => {
  const { verb, resource, subresource, namespace, name = '', code } = write
  const object = `${namespace ? `${namespace}/` : ''}${name}`
  return `${verb} ${resource}${subresource ? `/${subresource}` : ''} ${object} ${code ?? 'no answer'}`
}

/** A control plane that logs what the user of the kubeconfig writes; ended by `stop`. */
export async function anAuditedCluster() {
  const binaries = await findBinaries(kubernetesVersions[0], () => undefined)
  if (!binaries.ok) throw new Error(binaries.error)
  const folder = mkdtempSync(join(tmpdir(), 'argosy-audit-'))
  const auditedToken = randomBytes(24).toString('hex')
  const started = await startControlPlane('audited', binaries.value, join(folder, 'cluster'), { auditedToken })
  if (!started.ok) throw new Error(started.error)
  const { entry } = started.value
  const kubeconfig = join(folder, 'kubeconfig')
  // Without the mark of the sandbox: it is a cluster like anybody's.
  const text = fleetKubeconfig([{ ...entry, token: auditedToken }]).replace(/^#.*\n/, '')
  writeFileSync(kubeconfig, text, { mode: 0o600 })
  const others = join(folder, 'others')
  writeFileSync(others, fleetKubeconfig([entry]), { mode: 0o600 })
  const somebodyElse = createClusterClient({ access: accessOf(others), clock: systemClock, random: Math.random })
  return {
    kubeconfig,
    dataFolder: join(folder, 'data'),
    /** Signs in as another user, of whom nothing is logged. */
    somebodyElse,
    /** Each write of the audited user, but for questions about rights and names. */
    audited: (): readonly string[] =>
      readFileSync(join(started.value.folder, 'audit.log'), 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line): AuditEvent => JSON.parse(line))
        .filter(({ objectRef }) => !questions.includes(objectRef?.resource ?? ''))
        .map(lineOf),
    stop: async () => {
      await somebodyElse.close()
      await stopControlPlane(started.value)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const questions = ['selfsubjectaccessreviews', 'selfsubjectreviews']

function lineOf({ verb, objectRef, responseStatus }: AuditEvent): string {
  const { resource = '', apiGroup, subresource, namespace, name } = objectRef ?? {}
  const full = apiGroup === undefined ? resource : `${resource}.${apiGroup}`
  return writeLine({ verb, resource: full, subresource, namespace, name, code: responseStatus?.code })
}

function accessOf(path: string): ContextAccess {
  const config = loadKubeconfig({ paths: [path] })
  const access = config.ok ? config.value.access('audited') : undefined
  if (access === undefined) throw new Error('there is no such context')
  return access
}
