// Runs before `npm start` and `npm test` on whatever Node the machine has (20 or newer), with nothing installed yet.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

const stamp = 'node_modules/.argosy-lock'
const wanted = createHash('sha256').update(readFileSync('package-lock.json')).digest('hex')
const installed = existsSync(stamp) ? readFileSync(stamp, 'utf8') : undefined

/** Says what is wrong and what to do, and ends. */
function stop(message) {
  console.error(`argosy: ${message}`)
  process.exit(1)
}

if (installed !== wanted) {
  console.error('argosy: installing dependencies (npm ci)…')
  const npm = process.env.npm_execpath
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const started = Date.now()
  const result = npm
    ? spawnSync(process.execPath, [npm, ...args], { stdio: 'inherit' })
    : spawnSync('npm', args, { stdio: 'inherit', shell: process.platform === 'win32' })
  if (result.status !== 0) stop('npm ci failed; its output above says why. Check the network and try again.')
  writeFileSync(stamp, wanted)
  console.error(`argosy: dependencies installed in ${((Date.now() - started) / 1000).toFixed(1)} s`)
}

// The scripts themselves run on Node 24: node_modules/.bin comes first in their PATH, and on Linux x64 it holds one.
const major = Number(process.versions.node.split('.')[0])
if (!existsSync('node_modules/.bin/node') && major < 24)
  stop(
    `needs Node 24 on this platform, found ${process.versions.node}. Run \`nvm install\` (or fnm, volta) here and try again.`,
  )
