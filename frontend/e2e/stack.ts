// Starts the real stack for the journeys: embedded PostgreSQL, a synthetic Trust, API and pages on one port.
// CODEWELL_URL points the journeys at one that runs already, and then CODEWELL_SIGN_INS says who may sign in.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "..", "..");

export default async function startStack(): Promise<undefined | (() => Promise<void>)> {
  if (process.env.CODEWELL_URL) return undefined;
  if (!existsSync(join(root, "frontend", "dist", "index.html"))) {
    throw new Error("The pages are not built: npm run build");
  }
  const python = process.env.CODEWELL_PYTHON ?? join(root, ".venv", "bin", "python");
  const data = mkdtempSync(join(tmpdir(), "codewell-e2e-"));
  const port = await freePort();
  const size = process.env.CODEWELL_E2E_SIZE ?? "2000";
  const run = spawn(python, ["-m", "codewell", "run", "--data", data, "--port", String(port), "--seed-size", size], {
    cwd: root,
    // A group of its own, so that nothing it started can outlive the journeys.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, PYTHONUNBUFFERED: "1" },
  });
  let said = "";
  run.stdout?.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  run.stderr?.on("data", (chunk: Buffer) => {
    said += chunk.toString();
  });
  const stop = async () => {
    await stopped(run);
    rmSync(data, { recursive: true, force: true });
  };
  try {
    await ready(`http://127.0.0.1:${port}/api/v1/health/ready`, run, () => said);
  } catch (error) {
    await stop();
    throw error;
  }
  process.env.CODEWELL_URL = `http://127.0.0.1:${port}`;
  process.env.CODEWELL_SIGN_INS = JSON.stringify(signInsOf(said));
  return stop;
}

/** The lines that `codewell run` prints: role, user name, password. */
function signInsOf(said: string): Record<string, { username: string; password: string }> {
  const found: Record<string, { username: string; password: string }> = {};
  const after = said.split("Sign-ins of the synthetic Trust")[1] ?? "";
  for (const line of after.split("\n").slice(1)) {
    const [password, username, ...role] = line
      .trim()
      .split(/\s{2,}|\s+/)
      .reverse();
    if (password && username && role.length > 0) found[role.reverse().join(" ").toLowerCase()] = { username, password };
  }
  return found;
}

async function ready(url: string, run: ChildProcess, said: () => string): Promise<void> {
  const until = Date.now() + 180_000;
  while (Date.now() < until) {
    if (run.exitCode !== null) throw new Error(`codewell run ended:\n${said()}`);
    const answer = await fetch(url).catch(() => null);
    // What it prints about sign-ins comes after it answers.
    if (answer?.ok && said().includes("Codewell is at")) {
      await new Promise((resolve) => setTimeout(resolve, 300));
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  throw new Error(`codewell run was not ready in time:\n${said()}`);
}

function stopped(run: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (run.exitCode !== null || run.pid === undefined) return resolve();
    const pid = run.pid;
    const hard = setTimeout(() => {
      try {
        process.kill(-pid, "SIGKILL");
      } catch {
        // It has ended meanwhile.
      }
    }, 20_000);
    run.once("exit", () => {
      clearTimeout(hard);
      resolve();
    });
    process.kill(pid, "SIGINT");
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        address && typeof address === "object" ? resolve(address.port) : reject(new Error("no port")),
      );
    });
  });
}
