import { accessSync, constants, existsSync, mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, delimiter, join } from 'node:path'
import { failure, type Outcome, success } from '#lib/outcome.ts'
import { buildProgram, type GoProgram } from './build-program.ts'
import { findGo } from './go-toolchain.ts'

/** Minor versions that the test bed can play; the first is the default. */
export const kubernetesVersions = ['v1.36.3', 'v1.34.4'] as const
const etcdVersion = 'v3.7.3'
const kwokVersion = 'v0.8.0'

export const programs = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kwok'] as const
export type ProgramName = (typeof programs)[number]
/** Absolute paths. */
export type Binaries = Readonly<Record<ProgramName, string>>

/** Per user; `ARGOSY_TESTBED_CACHE` names another. */
export const cacheFolder = (): string =>
  process.env['ARGOSY_TESTBED_CACHE'] ??
  join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'argosy', 'testbed')

/**
 * The programs of a control plane: from the folder that KUBEBUILDER_ASSETS names, from PATH, from the cache, else built into the
 * cache from their Go modules, which takes minutes once. `tell` gets a line for whatever takes long. The error says what to do.
 */
export async function findBinaries(
  kubernetes: string,
  tell: (line: string) => void,
): Promise<Outcome<Binaries, string>> {
  const known = new Map<ProgramName, string>()
  for (const name of programs) {
    const found = installed(name) ?? cached(programOf(name, kubernetes))
    if (found !== undefined) known.set(name, found)
  }
  const missing = programs.filter((name) => !known.has(name))
  if (missing.length === 0) return success(Object.fromEntries(known) as Binaries)
  const go = findGo(tell)
  if (go === undefined) return failure(adviceWithoutGo(missing))
  if (!go.ok) return go
  for (const [index, name] of missing.entries()) {
    const program = programOf(name, kubernetes)
    const built = await build(go.value, program, (line) =>
      tell(`building ${name} ${program.version} (${index + 1} of ${missing.length}): ${line}`),
    )
    if (!built.ok) return built
    known.set(name, built.value)
  }
  return success(Object.fromEntries(known) as Binaries)
}

/**
 * One program: the file that the variable names, from PATH, from the cache, else built into the cache, which takes minutes once.
 * The error says why there is none.
 */
export async function findProgram(
  program: GoProgram,
  variable: string,
  tell: (line: string) => void,
): Promise<Outcome<string, string>> {
  const name = fileOf(program)
  const found = process.env[variable] || (installed(name) ?? cached(program))
  if (found !== undefined) return success(found)
  const go = findGo(tell)
  if (go === undefined) return failure(`${name} is built with Go, and there is none`)
  return go.ok ? build(go.value, program, (line) => tell(`building ${name} ${program.version}: ${line}`)) : go
}

function build(go: string, program: GoProgram, tell: (line: string) => void): Promise<Outcome<string, string>> {
  mkdirSync(folderOf(program), { recursive: true })
  return buildProgram(go, program, join(folderOf(program), fileOf(program)), tell)
}

const adviceWithoutGo = (missing: readonly ProgramName[]): string =>
  `the test bed needs ${missing.join(', ')}. Install Go (https://go.dev/dl, or your distribution's golang-go, however old), with which they are built once, ` +
  'or set KUBEBUILDER_ASSETS to a folder that has them, or ARGOSY_TEST_KUBECONFIG to a cluster that may be used.'

function programOf(name: ProgramName, kubernetes: string): GoProgram {
  if (name === 'etcd')
    return { path: 'go.etcd.io/etcd/server/v3', module: 'go.etcd.io/etcd/server/v3', version: etcdVersion }
  if (name === 'kwok') return { path: 'sigs.k8s.io/kwok/cmd/kwok', module: 'sigs.k8s.io/kwok', version: kwokVersion }
  return {
    path: `k8s.io/kubernetes/cmd/${name}`,
    module: 'k8s.io/kubernetes',
    version: kubernetes,
    // Kubernetes says `v1.x.y` of itself and publishes the modules of its staging folder as `v0.x.y`.
    staged: kubernetes.replace(/^v1\./, 'v0.'),
    stamp: ['k8s.io/component-base/version.gitVersion', 'k8s.io/client-go/pkg/version.gitVersion'],
  }
}

const folderOf = ({ module, version }: GoProgram): string =>
  join(cacheFolder(), 'bin', `${module.replaceAll('/', '_')}@${version}`)

/** As Go would name it, but for a version at the end. */
const fileOf = ({ path }: GoProgram): string => (path === 'go.etcd.io/etcd/server/v3' ? 'etcd' : basename(path))

function cached(program: GoProgram): string | undefined {
  const path = join(folderOf(program), fileOf(program))
  return existsSync(path) ? path : undefined
}

function installed(name: string): string | undefined {
  const assets = process.env['KUBEBUILDER_ASSETS']
  const folders = [...(assets === undefined ? [] : [assets]), ...(process.env['PATH'] ?? '').split(delimiter)]
  return folders.map((folder) => join(folder, name)).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
