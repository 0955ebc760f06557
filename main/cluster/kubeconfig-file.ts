import { dirname, isAbsolute, join } from 'node:path'
import { isMap, isSeq, LineCounter, type ParsedNode, parseDocument } from 'yaml'

/** Certificate or key bytes: inline base64, or a file with an absolute path. */
export type Material = { readonly data: string } | { readonly file: string }

export interface ClusterEntry {
  readonly name: string
  /** Without a trailing slash. */
  readonly server: string
  readonly certificateAuthority: Material | undefined
  readonly insecureSkipTlsVerify: boolean
  readonly tlsServerName: string | undefined
  readonly proxyUrl: string | undefined
  /** The `client.authentication.k8s.io/exec` extension: handed to exec plugins that ask for cluster information. */
  readonly execConfig: unknown
}

export interface Impersonation {
  readonly user: string
  readonly uid: string | undefined
  readonly groups: readonly string[]
  readonly extra: Readonly<Record<string, readonly string[]>>
}

export interface ExecEntry {
  readonly apiVersion: string
  /** Absolute when it was written with a slash, else looked up in PATH. */
  readonly command: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly installHint: string | undefined
  readonly provideClusterInfo: boolean
  readonly interactiveMode: string | undefined
}

export interface AuthProviderEntry {
  readonly name: string
  readonly config: Readonly<Record<string, unknown>>
}

export interface UserEntry {
  readonly name: string
  readonly certificate: Material | undefined
  readonly key: Material | undefined
  readonly token: string | undefined
  readonly tokenFile: string | undefined
  readonly username: string | undefined
  readonly password: string | undefined
  readonly impersonate: Impersonation | undefined
  readonly exec: ExecEntry | undefined
  readonly authProvider: AuthProviderEntry | undefined
}

export interface ContextEntry {
  readonly name: string
  readonly cluster: string
  readonly user: string | undefined
  readonly namespace: string | undefined
}

export interface KubeconfigFile {
  readonly clusters: readonly ClusterEntry[]
  readonly users: readonly UserEntry[]
  readonly contexts: readonly ContextEntry[]
  readonly currentContext: string | undefined
  /** What could not be read; the entries concerned are left out, the others stand. */
  readonly faults: readonly Fault[]
}

export interface Fault {
  /** 1-based. */
  readonly line: number
  readonly message: string
}

/**
 * Reads one kubeconfig. Never throws and never gives up on the whole file where kubectl need not: a broken entry is left out and
 * reported with its line. Relative paths are resolved against the file's own folder, as kubectl does.
 */
export function parseKubeconfigFile(file: string, text: string): KubeconfigFile {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: false })
  const lineOf = (node: unknown): number => lines.linePos((node as ParsedNode | null | undefined)?.range?.[0] ?? 0).line
  const [error] = document.errors
  if (error !== undefined)
    return nothing({ line: error.linePos?.[0].line ?? 1, message: `not valid YAML: ${firstLine(error.message)}` })
  const root = document.contents
  if (root === null) return nothing()
  if (!isMap(root))
    return nothing({ line: lineOf(root), message: 'a kubeconfig is a YAML map with clusters, users, contexts' })

  const faults: Fault[] = []
  const entries = <T>(section: string, read: (fields: Fields) => T): readonly T[] => {
    const list = document.get(section, true)
    // kubectl writes `contexts: null` for none.
    if (document.get(section) === undefined) return []
    if (!isSeq(list)) {
      faults.push({ line: lineOf(list), message: `${section} must be a list` })
      return []
    }
    return list.items.flatMap((node, index) => {
      const path = `${section}[${index}]`
      const found: string[] = []
      const value = read(fieldsOf(path, isMap(node) ? (node.toJS(document) as Json) : undefined, found))
      faults.push(...found.map((message) => ({ line: lineOf(node), message })))
      return found.length === 0 ? [value] : []
    })
  }
  const folder = dirname(file)
  const current = document.get('current-context')
  return {
    clusters: entries('clusters', (fields) => readCluster(fields, folder)),
    users: entries('users', (fields) => readUser(fields, folder)),
    contexts: entries('contexts', readContext),
    currentContext: typeof current === 'string' && current !== '' ? current : undefined,
    faults,
  }
}

const nothing = (fault?: Fault): KubeconfigFile => ({
  clusters: [],
  users: [],
  contexts: [],
  currentContext: undefined,
  faults: fault === undefined ? [] : [fault],
})

/** The YAML library appends a picture of the place; it could show a secret. */
const firstLine = (message: string): string => message.split(/ at line |\n/)[0] ?? message

function readCluster(entry: Fields, folder: string): ClusterEntry {
  const cluster = entry.map('cluster')
  return {
    name: entry.required('name'),
    server: cluster.required('server').replace(/\/+$/, ''),
    certificateAuthority: material(cluster, 'certificate-authority', folder),
    insecureSkipTlsVerify: cluster.flag('insecure-skip-tls-verify'),
    tlsServerName: cluster.text('tls-server-name'),
    proxyUrl: cluster.text('proxy-url'),
    execConfig: execExtension(cluster.value('extensions')),
  }
}

function execExtension(extensions: unknown): unknown {
  if (!Array.isArray(extensions)) return undefined
  return (extensions as readonly Json[]).find((each) => each?.['name'] === 'client.authentication.k8s.io/exec')?.[
    'extension'
  ]
}

function readUser(entry: Fields, folder: string): UserEntry {
  const user = entry.optionalMap('user')
  const tokenFile = user.text('tokenFile')
  const provider = user.optionalMap('auth-provider')
  return {
    name: entry.required('name'),
    certificate: material(user, 'client-certificate', folder),
    key: material(user, 'client-key', folder),
    token: user.text('token'),
    tokenFile: tokenFile === undefined ? undefined : resolve(folder, tokenFile),
    username: user.text('username'),
    password: user.text('password'),
    impersonate: readImpersonation(user),
    exec: user.has('exec') ? readExec(user.map('exec'), folder) : undefined,
    authProvider: user.has('auth-provider')
      ? { name: provider.required('name'), config: provider.optionalMap('config').all() }
      : undefined,
  }
}

function readImpersonation(user: Fields): Impersonation | undefined {
  const as = user.text('as')
  const uid = user.text('as-uid')
  const groups = user.texts('as-groups')
  const extraFields = user.optionalMap('as-user-extra')
  const extra = Object.fromEntries(Object.keys(extraFields.all()).map((key) => [key, extraFields.texts(key)]))
  if (as !== undefined) return { user: as, uid, groups, extra }
  if (uid !== undefined || groups.length > 0 || Object.keys(extra).length > 0) {
    user.complain('as-groups, as-uid and as-user-extra need "as": add the user to act as')
  }
  return undefined
}

function readExec(exec: Fields, folder: string): ExecEntry {
  const command = exec.required('command')
  const env = (exec.value('env') ?? []) as readonly { readonly name?: unknown; readonly value?: unknown }[]
  return {
    apiVersion: exec.required('apiVersion'),
    command: /[/\\]/.test(command) ? resolve(folder, command) : command,
    args: exec.texts('args'),
    env: Object.fromEntries(
      (Array.isArray(env) ? env : []).map((each) => [String(each.name), String(each.value ?? '')]),
    ),
    installHint: exec.text('installHint'),
    provideClusterInfo: exec.flag('provideClusterInfo'),
    interactiveMode: exec.text('interactiveMode'),
  }
}

function readContext(entry: Fields): ContextEntry {
  const context = entry.map('context')
  return {
    name: entry.required('name'),
    cluster: context.required('cluster'),
    user: context.text('user'),
    namespace: context.text('namespace'),
  }
}

/** Inline data wins over a file, as in kubectl. */
function material(fields: Fields, name: string, folder: string): Material | undefined {
  const data = fields.text(`${name}-data`)
  if (data !== undefined) return { data }
  const file = fields.text(name)
  return file === undefined ? undefined : { file: resolve(folder, file) }
}

const resolve = (folder: string, path: string): string => (isAbsolute(path) ? path : join(folder, path))

type Json = Readonly<Record<string, unknown>>

/** Typed access to one YAML map. Every complaint names the field by its path and never its value. */
interface Fields {
  has(name: string): boolean
  all(): Json
  value(name: string): unknown
  /** Absent, null and empty text are all `undefined`. */
  text(name: string): string | undefined
  required(name: string): string
  texts(name: string): readonly string[]
  flag(name: string): boolean
  map(name: string): Fields
  optionalMap(name: string): Fields
  complain(message: string): void
}

function fieldsOf(path: string, json: Json | undefined, found: string[]): Fields {
  if (json === undefined) found.push(`${path} must be a map`)
  const values = json ?? {}
  const complain = (message: string): void => void found.push(message)
  const at = (name: string): string => `${path}.${name}`
  const nested = (name: string, optional: boolean): Fields => {
    const value = values[name]
    if (optional && (value === undefined || value === null)) return fieldsOf(at(name), {}, found)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return fieldsOf(at(name), isObject ? (value as Json) : undefined, found)
  }
  const text = (name: string): string | undefined => {
    const value = values[name]
    if (value === undefined || value === null || value === '') return undefined
    if (typeof value === 'string') return value
    complain(`${at(name)} must be text: put it in quotes`)
    return undefined
  }
  return {
    has: (name) => values[name] !== undefined && values[name] !== null,
    all: () => values,
    value: (name) => values[name],
    text,
    required(name) {
      const before = found.length
      const value = text(name)
      if (value === undefined && found.length === before && json !== undefined) complain(`${at(name)} is missing`)
      return value ?? ''
    },
    texts(name) {
      const value = values[name] ?? []
      if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value
      complain(`${at(name)} must be a list of texts`)
      return []
    },
    flag(name) {
      const value = values[name] ?? false
      if (typeof value !== 'boolean') complain(`${at(name)} must be true or false`)
      return value === true
    },
    map: (name) => nested(name, false),
    optionalMap: (name) => nested(name, true),
    complain: (message) => complain(`${path}: ${message}`),
  }
}
