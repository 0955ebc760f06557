import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { kubeconfigPaths, loadKubeconfig, watchKubeconfig } from '#main/cluster/kubeconfig.ts'
import { advanceUntil } from '#test/support/until.ts'
import { VirtualClock } from '#test/support/virtual-clock.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'argosy-kubeconfig-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const at = (name: string): string => join(folder, name)

function write(name: string, text: string): string {
  mkdirSync(join(at(name), '..'), { recursive: true })
  writeFileSync(at(name), text)
  return at(name)
}

function load(...paths: readonly string[]) {
  const outcome = loadKubeconfig({ paths })
  if (!outcome.ok) throw new Error(outcome.error.message)
  return outcome.value
}

const first = `
apiVersion: v1
kind: Config
current-context: one
clusters:
- name: c1
  cluster: {server: https://a.example, certificate-authority: ca.crt}
users:
- name: u1
  user: {token: aaa}
contexts:
- name: one
  context: {cluster: c1, user: u1}
`

const second = `
apiVersion: v1
kind: Config
current-context: two
clusters:
- name: c1
  cluster: {server: https://b.example, tls-server-name: from-b}
- name: c2
  cluster: {server: https://c2.example/, certificate-authority: pki/ca.crt}
users:
- name: u1
  user: {token: bbb, as: somebody}
- name: u2
  user:
    tokenFile: token
    client-certificate: me.crt
    client-key-data: a2V5
    exec: {apiVersion: client.authentication.k8s.io/v1, command: ./bin/plugin, args: [login], interactiveMode: Never}
- name: u3
  user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: plugin, interactiveMode: Never}}
contexts:
- name: two
  context: {cluster: c2, user: u2, namespace: web}
- name: one
  context: {cluster: c2, user: u3}
- name: anonymous
  context: {cluster: c2}
`

describe('several kubeconfig files', () => {
  it('the first file that has a name wins, whole entries are never mixed, missing files are skipped', () => {
    const config = load(write('a', first), at('missing'), write('sub/b', second))
    expect(config.files).toEqual([at('a'), at('sub/b')])
    expect(config.currentContext).toBe('one')
    expect(config.problems).toEqual([])
    expect(config.contexts).toEqual([
      { context: 'one', cluster: 'c1', user: 'u1', namespace: undefined, server: 'https://a.example' },
      { context: 'two', cluster: 'c2', user: 'u2', namespace: 'web', server: 'https://c2.example' },
      { context: 'anonymous', cluster: 'c2', user: undefined, namespace: undefined, server: 'https://c2.example' },
    ])
    const one = config.access('one')
    expect([one?.cluster.tlsServerName, one?.user?.token, one?.user?.impersonate]).toEqual([
      undefined,
      'aaa',
      undefined,
    ])
  })

  it('the order of the files is the order of precedence', () => {
    const config = load(write('b', second), write('a', first))
    expect(config.currentContext).toBe('two')
    expect(config.access('one')?.user?.name).toBe('u3')
    expect(config.access('one')?.cluster.server).toBe('https://c2.example')
  })

  it('paths are relative to the file that names them; a command without a slash is looked up in PATH', () => {
    const config = load(write('sub/b', second))
    expect(config.access('two')).toMatchObject({
      cluster: { certificateAuthority: { file: at('sub/pki/ca.crt') } },
      user: {
        tokenFile: at('sub/token'),
        certificate: { file: at('sub/me.crt') },
        key: { data: 'a2V5' },
        exec: { command: at('sub/bin/plugin'), args: ['login'] },
      },
    })
    expect(config.access('one')?.user?.exec?.command).toBe('plugin')
  })

  it('an empty section, as kubectl writes it, is no fault', () => {
    const config = load(write('empty', 'contexts: null\nclusters: []\nusers:\n'), write('a', first))
    expect(config.problems).toEqual([])
  })

  it('KUBECONFIG is a list of paths, else the file in the home folder counts', () => {
    const env = { KUBECONFIG: [at('a'), '', at('b'), at('a')].join(delimiter) }
    expect(kubeconfigPaths({ env, home: folder })).toEqual([at('a'), at('b')])
    expect(kubeconfigPaths({ env: { KUBECONFIG: '' }, home: folder })).toEqual([at('.kube/config')])
    expect(kubeconfigPaths({ env, paths: [at('c')] })).toEqual([at('c')])
  })
})

describe('what is in an entry', () => {
  it('reads everything that a cluster and a user can say', () => {
    const config = load(
      write(
        'all',
        `
clusters:
- name: c
  cluster:
    server: https://c.example/k8s/
    certificate-authority: lost.crt
    certificate-authority-data: Y2E=
    insecure-skip-tls-verify: true
    tls-server-name: other.example
    proxy-url: socks5://proxy.example:1080
    extensions:
    - name: client.authentication.k8s.io/exec
      extension: {audience: here}
users:
- name: u
  user:
    username: ada
    password: lovelace
    as: grace
    as-uid: "7"
    as-groups: [sre, oncall]
    as-user-extra: {scopes: [view, edit]}
    auth-provider: {name: oidc, config: {client-id: x}}
contexts:
- name: x
  context: {cluster: c, user: u}
`,
      ),
    )
    expect(config.access('x')).toMatchObject({
      cluster: {
        server: 'https://c.example/k8s',
        certificateAuthority: { data: 'Y2E=' },
        insecureSkipTlsVerify: true,
        tlsServerName: 'other.example',
        proxyUrl: 'socks5://proxy.example:1080',
        execConfig: { audience: 'here' },
      },
      user: {
        username: 'ada',
        impersonate: { user: 'grace', uid: '7', groups: ['sre', 'oncall'], extra: { scopes: ['view', 'edit'] } },
        authProvider: { name: 'oidc', config: { 'client-id': 'x' } },
      },
    })
  })
})

describe('bad input', () => {
  it('no file at all is its own kind, and says where it looked', () => {
    const outcome = loadKubeconfig({ env: {}, home: folder })
    expect(outcome).toMatchObject({ ok: false, error: { kind: 'none', paths: [at('.kube/config')] } })
  })

  it('a malformed file names file and line, and the other files still work', () => {
    const broken = write('broken', 'clusters:\n- name: c\n  cluster: {server: "https://x.example"\ntoken: hunter2\n')
    const config = load(broken, write('a', first))
    expect(config.contexts.map(({ context }) => context)).toEqual(['one'])
    expect(config.problems).toMatchObject([{ kind: 'malformed', file: broken, line: 4 }])
    expect(config.problems[0]?.message).toContain(`${broken}, line 4: `)
    expect(config.problems[0]?.message).not.toContain('hunter2')
  })

  it('a malformed file alone is the error', () => {
    expect(loadKubeconfig({ paths: [write('broken', 'a: [')] })).toMatchObject({
      ok: false,
      error: { kind: 'malformed' },
    })
  })

  it('a broken entry costs only itself, and its value is not shown', () => {
    const text = `${first}
- name: nameless-cluster
  context: {user: u1}
- name: three
  context: {cluster: c9, user: u1}
- name: four
  context: {cluster: c1, user: u9}
`
    const file = write('a', text.replace('{token: aaa}', '{token: 123456}\n- name: u2\n  user: {token: ok}'))
    const config = loadKubeconfig({ paths: [file] })
    expect(config).toMatchObject({ ok: false, error: { kind: 'malformed', line: 9 } })
    expect(!config.ok && config.error.message).toContain('users[0].user.token must be text: put it in quotes')
    expect(!config.ok && config.error.message).not.toContain('123456')
    const whole = load(write('b', text))
    expect(whole.contexts.map(({ context }) => context)).toEqual(['one'])
    expect(whole.problems.map(({ message }) => message)).toEqual([
      `${at('b')}, line 15: contexts[1].context.cluster is missing. Correct it; what else is in your kubeconfig still works.`,
      'Context "three" names the cluster "c9", which no kubeconfig file has. Add it, or remove the context.',
      'Context "four" names the user "u9", which no kubeconfig file has. Add it, or remove the context.',
    ])
  })

  it('a folder in place of a file is told, not thrown', () => {
    mkdirSync(at('folder'))
    expect(load(at('folder'), write('a', first)).problems).toMatchObject([{ kind: 'unreadable', file: at('folder') }])
  })

  it('groups to act as without a user to act as are refused: they would be ignored silently', () => {
    const file = write('a', first.replace('token: aaa', 'as-groups: [admins]'))
    expect(loadKubeconfig({ paths: [file] })).toMatchObject({ ok: false, error: { kind: 'malformed' } })
  })

  it.each(['', '# nothing\n', '[]', 'text', 'clusters: 3'])('%j holds no context', (text) => {
    expect(loadKubeconfig({ paths: [write('a', text)] }).ok).toBe(false)
  })
})

describe('watchKubeconfig', () => {
  it('calls back once for several changes in a row, also for a file that appears later', async () => {
    const clock = new VirtualClock()
    let calls = 0
    const dispose = watchKubeconfig({ source: { paths: [at('later')] }, clock, onChange: () => calls++ })
    write('later', first)
    write('later', second)
    await advanceUntil(clock, 'called back', () => calls > 0, 300)
    expect(calls).toBe(1)
    dispose()
    write('later', first)
    await clock.advance(1000)
    expect(calls).toBe(1)
  })
})
