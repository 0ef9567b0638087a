/**
 * Runs the README's start command as printed, then the `npx postern check` line that it prints, as a
 * newcomer would in a second terminal, and ends the start command by SIGTERM: it must exit 0 and leave
 * nothing running. Plain JavaScript, because it runs on whatever Node the machine has.
 */
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const CHECK_LINE = /npx postern check\b.*\n/;
const STOP_MS = 30_000;

const command = process.argv[2];
if (!readFileSync('README.md', 'utf8').split('\n').includes(command)) {
  console.error(`README.md does not print: ${command}`);
  process.exit(1);
}

/** Runs the line that was printed. True when it exits 0 and says allow. */
function check(line) {
  console.log(`--- second terminal: ${line}`);
  const run = spawnSync('bash', ['-c', line], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  console.log(run.stdout + run.stderr);
  return run.status === 0 && /allow/i.test(run.stdout);
}

/** The `npm start` below the shell, or in its place: the shell itself would end without waiting for it. */
function startOf(pid) {
  if (readFileSync(`/proc/${pid}/comm`, 'utf8').trim() !== 'bash') return pid;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return children === '' ? pid : Number(children.split(' ')[0]);
}

// A process group of its own, so that whatever it leaves behind can be seen and ended.
const server = spawn('bash', ['-c', command], { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });

/** Ends everything that is left of the command. False when nothing was. */
function endGroup() {
  try {
    return process.kill(-server.pid, 'SIGKILL');
  } catch {
    return false;
  }
}

let printed = '';
let checkWorked = null;

function read(chunk) {
  process.stdout.write(chunk);
  printed += chunk;
  const line = checkWorked === null ? CHECK_LINE.exec(printed) : null;
  if (line === null) return;
  checkWorked = check(line[0].trim());
  process.kill(startOf(server.pid), 'SIGTERM');
  setTimeout(() => {
    console.error(`--- still running ${STOP_MS / 1000} s after SIGTERM`);
    endGroup();
  }, STOP_MS).unref();
}

server.stdout.setEncoding('utf8').on('data', read);
server.stderr.setEncoding('utf8').on('data', read);
server.on('exit', (code, signal) => {
  const isClean = !endGroup();
  console.log(`--- the check ${checkWorked ? 'worked' : 'failed'}; the start command ended: code ${code}, signal ${signal}`);
  if (!isClean) console.log('--- it left something running');
  process.exit(code === 0 && checkWorked === true && isClean ? 0 : 1);
});
// When the time is up the runner ends this process; the server must not outlive it.
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => {
    endGroup();
    process.exit(1);
  });
}
