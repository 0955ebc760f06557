import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** First executable of these names on PATH, or of these absolute paths. */
function find(candidates: readonly string[]): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const paths = candidates.flatMap((each) =>
    each.includes('/') || each.includes('\\') ? [each] : folders.map((f) => join(f, each)),
  )
  return paths.find((path) => {
    try {
      accessSync(path, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** Installs a Debian package where that is possible without asking: as root, with apt. */
function aptInstall(...packages: readonly string[]): void {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return
  console.error(`argosy: installing ${packages.join(', ')} (apt-get)…`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const quiet = { stdio: ['ignore', 'ignore', 'inherit'] as ['ignore', 'ignore', 'inherit'], env }
  spawnSync('apt-get', ['update', '-qq'], quiet)
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], quiet)
}

function stop(message: string): never {
  console.error(`argosy: ${message}`)
  process.exit(1)
}

const chromiumPaths = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/** The browser the window's tests run in: ARGOSY_CHROMIUM, else an installed Chromium or Chrome. */
export function findChromium(): string {
  const named = process.env['ARGOSY_CHROMIUM']
  if (named !== undefined) return named
  const found = find(chromiumPaths)
  if (found !== undefined) return found
  aptInstall('chromium', 'fonts-dejavu-core', 'fonts-noto-core', 'fonts-noto-cjk')
  return (
    find(chromiumPaths) ?? stop('the tests need Chromium or Chrome. Install one, or set ARGOSY_CHROMIUM to its path.')
  )
}

/** kubectl, which the sandbox is tested against: ARGOSY_KUBECTL, else from PATH. */
export function findKubectl(): string {
  const named = process.env['ARGOSY_KUBECTL']
  if (named !== undefined) return named
  const found = find(['kubectl', 'kubectl.exe'])
  if (found !== undefined) return found
  aptInstall('kubernetes-client')
  return find(['kubectl']) ?? stop('the tests need kubectl. Install it, or set ARGOSY_KUBECTL to its path.')
}

/** Prometheus, for the tests of its provider: ARGOSY_PROMETHEUS, else from PATH; without one they are left out. */
export function findPrometheus(): string | undefined {
  const named = process.env['ARGOSY_PROMETHEUS']
  if (named !== undefined) return named
  const found = find(['prometheus', 'prometheus.exe'])
  if (found !== undefined) return found
  aptInstall('prometheus')
  return find(['prometheus'])
}

const graphiteWeb = '/usr/lib/python3/dist-packages/graphite'

/** A Python that has graphite-web, for the tests of its provider: ARGOSY_GRAPHITE_PYTHON, else Debian's; without one they are left out. */
export function findGraphitePython(): string | undefined {
  const named = process.env['ARGOSY_GRAPHITE_PYTHON']
  if (named !== undefined) return named
  if (!existsSync(graphiteWeb)) aptInstall('graphite-web')
  return existsSync(graphiteWeb) ? '/usr/bin/python3' : undefined
}
