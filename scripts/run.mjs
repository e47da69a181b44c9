// The way in of every npm script, on whatever Node the machine has: installs what is missing, then hands over to the
// project's own Node. Plain JavaScript without dependencies, because it runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const OLDEST_TO_INSTALL = [20, 0]
const OLDEST_TO_RUN = [22, 18]
const root = fileURLToPath(new URL('..', import.meta.url))
const modules = join(root, 'node_modules')
const stamp = join(modules, '.upload24-installed')

const entries = {
  start: ['scripts/start.ts'],
  test: ['scripts/test.ts'],
  'demo-env': ['scripts/demo-env.ts'],
  check: ['scripts/check.ts'],
  screenshots: ['packages/dashboard/test/screenshots.ts'],
  torture: ['packages/server/torture/main.ts'],
  'new:platform': ['scripts/new-platform.ts']
}

const [what = '', ...rest] = process.argv.slice(2)
const entry = entries[what]
if (!entry) fail(`Say one of: ${Object.keys(entries).join(', ')}.`)
if (!isAtLeast(OLDEST_TO_INSTALL))
  fail(`Upload24 needs Node 20 or later to install itself; this is ${process.version}.`)
await install()
// What Node made of a module is kept beside the modules: half of a start is reading TypeScript.
process.env.NODE_COMPILE_CACHE ??= join(modules, '.cache/compiled')
process.exitCode = await run(findNode(), [...entry, ...rest])

/** Does nothing, quickly, when node_modules already is what package-lock.json asks for. */
async function install() {
  const lock = readFileSync(join(root, 'package-lock.json'))
  const wanted = createHash('sha256').update(lock).digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  if (!isInstalledByHand()) {
    console.log('Installing what is missing (this takes a moment the first time)…')
    // Included by name: NODE_ENV=production or an .npmrc would leave out the checks, our Node and PostgreSQL.
    const options = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error']
    const cli = process.env.npm_execpath
    const code = cli?.endsWith('.js')
      ? await run(process.execPath, [cli, ...options], { isOurs: false })
      : await run('npm', options, { isOurs: false })
    if (code !== 0) fail('The installation failed; npm says why above. With a network connection, try again.')
  }
  try {
    writeFileSync(stamp, wanted)
  } catch {
    // Installed by another user, as in an image: the next start compares once more.
  }
}

/** npm writes its own record last, so one that is newer than the lock file means a finished `npm ci` or `npm install`. */
function isInstalledByHand() {
  try {
    return statSync(join(modules, '.package-lock.json')).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs
  } catch {
    return false
  }
}

/** The Node that the project brings; else the system's, if it can run TypeScript. */
function findNode() {
  const { platform, arch } = process
  const file = platform === 'win32' ? 'bin/node.exe' : 'bin/node'
  const name = platform === 'win32' ? 'win' : platform
  // The packages themselves: npm 10 makes no node_modules/.bin/node for them.
  const own = [`node-${name}-${arch}`, `node-bin-${name}-${arch}`].map(folder => join(modules, folder, file)).find(runs)
  if (own) return own
  if (!isAtLeast(OLDEST_TO_RUN)) {
    fail(
      `Upload24's own Node is not available for this system, and ${process.version} is too old: install Node 22.18 or later.`
    )
  }
  return process.execPath
}

/** There, and able to start: on musl the file is there, but its loader is not. */
function runs(path) {
  if (path === process.execPath) return true
  return existsSync(path) && spawnSync(path, ['--version'], { stdio: 'ignore' }).status === 0
}

/** Runs to the end and answers the exit code. Outlives the child: a signal is passed on, and then waited for. */
function run(command, options, { isOurs = true } = {}) {
  return new Promise(resolve => {
    // The channel carries nothing: it tells the child when this process is killed, so that it can stop in order.
    const stdio = ['inherit', 'inherit', 'inherit', ...(isOurs ? ['ipc'] : [])]
    const child = spawn(command, options, { cwd: root, stdio })
    const forward = signal => child.kill(signal)
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, forward)
    whenNpmEnds(() => forward('SIGTERM'))
    child.on('error', error => fail(`${command} could not be started: ${error.message}`))
    child.on('close', (code, signal) => {
      resolve(code ?? 128 + (constants.signals[signal] ?? 0))
    })
  })
}

/** npm tells its shell of a SIGTERM, and the shell dies of it without telling us: then our parent is another one. */
function whenNpmEnds(stop) {
  if (process.env.npm_lifecycle_event === undefined) return
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    stop()
  }, 250).unref()
}

function isAtLeast([major, minor]) {
  const [ourMajor, ourMinor] = process.versions.node.split('.').map(Number)
  return ourMajor > major || (ourMajor === major && ourMinor >= minor)
}

function fail(sentence) {
  console.error(sentence)
  process.exit(1)
}
