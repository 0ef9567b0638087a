// What the command line needs of the rest of the program. compose fills it; the command line itself
// constructs no server, compiler or database, and reaches a sidecar only as any client does.

import type { VerifyProgress } from '../pdp/audit-port.ts';

/** Where the configuration comes from, as given on the command line. */
export interface ConfigArguments {
  /** YAML file; null: none. */
  readonly file: string | null;
  readonly overrides: readonly ConfigOverride[];
}

export interface ConfigOverride {
  /** Dotted path of the setting, e.g. `data.directory`. */
  readonly path: string;
  readonly value: string | number | boolean;
  /** The option, for messages: `--data`. */
  readonly origin: string;
  /** It yields to what the file or the environment says. */
  readonly isDefault?: boolean;
}

/** Where the sidecar of a configuration is, whether it runs or not. */
export interface SidecarPlace {
  readonly dataDirectory: string;
  /** Decision address that the configuration prefers: `unix:/…` or `host:port`. */
  readonly decision: string;
  /** `unix:/…`. */
  readonly admin: string;
}

/** A sidecar that has just become ready. */
export interface ReadySidecar {
  /** `unix:/…` and `host:port`, as listened on. At least one. */
  readonly decisionAddresses: readonly string[];
  readonly admin: string;
  /** `host:port`; null: off. */
  readonly ops: string | null;
  readonly dataDirectory: string;
  /** The setting `sample`. */
  readonly sample: boolean;
}

export interface ServeOptions extends ConfigArguments {
  /** Called once, when checks are answered. What it rejects with is logged; it never ends the sidecar. */
  readonly onReady: (sidecar: ReadySidecar) => Promise<void>;
}

/** A sidecar of its own process or threads, for the demo. */
export interface TemporarySidecar {
  readonly address: string;
  readonly admin: string;
  /** Stops as on SIGTERM. Resolves when it has ended. */
  stop(): Promise<void>;
  /** Stops and starts again over the same data. Addresses may change. */
  restart(): Promise<TemporarySidecar>;
}

export interface TemporarySidecarOptions {
  readonly dataDirectory: string;
  /** Directory of Rego and data. */
  readonly policyPath: string;
  /** Further settings by dotted path. */
  readonly settings: Readonly<Record<string, string | number | boolean>>;
}

export interface PolicyFinding {
  readonly file: string;
  /** From 1; 0: not known. */
  readonly line: number;
  readonly message: string;
}

export interface PolicyBuild {
  /** What the policy reads that differs with nearly every check, so that no answer can be remembered. */
  readonly evaluatedBecauseOf: readonly string[];
  /** Empty when there are problems. */
  readonly revision: string;
  /** Where the bundle was written. */
  readonly output: string;
  readonly problems: readonly PolicyFinding[];
}

export interface PolicyTestRun {
  readonly ok: boolean;
  readonly tests: readonly {
    readonly name: string;
    readonly outcome: 'passed' | 'failed' | 'skipped';
    readonly file: string;
    readonly line: number;
    readonly output: string;
  }[];
  /** 0 to 100; null when a test failed. */
  readonly coverage: number | null;
  readonly problems: readonly PolicyFinding[];
}

/** The policy compiler. Rejects with a message that says how to get one when there is none. */
export interface PolicyWorkbench {
  /** Compiles a directory and writes the bundle, unless there are problems. */
  build(directory: string, output: string): Promise<PolicyBuild>;
  check(directory: string): Promise<readonly PolicyFinding[]>;
  test(directory: string, coverageMin: number): Promise<PolicyTestRun>;
}

export interface DoctorFinding {
  readonly name: string;
  readonly state: 'ok' | 'warn' | 'fail';
  readonly detail: string;
}

/** Looks at one side of the machine. Never rejects for what it finds. */
export type DoctorProbe = (place: SidecarPlace) => Promise<readonly DoctorFinding[]>;

/** The audit log in the files of a data directory, read without a sidecar. Nothing in them is changed. */
export interface StoredLog {
  /** Process id of the sidecar that runs over the directory now; null: none. */
  readonly holder: string | null;
  verify(progressEvery: number, signal: AbortSignal): AsyncIterable<VerifyProgress>;
  close(): void;
}

/** Everything that compose fills. */
export interface CliPorts {
  readonly version: string;
  /** Directory of the Rego and data that the embedded bundle is made from; the default of `policy …`. */
  readonly policyDirectory: string;
  /** Reads and checks the configuration. Throws an error that lists every problem. */
  readonly locate: (source: ConfigArguments) => SidecarPlace;
  /** Serves until it is told to stop. Resolves with the exit code. */
  readonly serve: (options: ServeOptions) => Promise<number>;
  readonly startSidecar: (options: TemporarySidecarOptions) => Promise<TemporarySidecar>;
  readonly workbench: PolicyWorkbench;
  /** Rejects with a message when the directory holds no log, or none that can be read. */
  readonly openStoredLog: (dataDirectory: string) => Promise<StoredLog>;
  /** Runtime, OPA, SQLite, disk, clock, permissions, in the order they are told. */
  readonly probes: readonly DoctorProbe[];
}
