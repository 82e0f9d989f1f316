const { PATH = "", HOME = "", NODE_COMPILE_CACHE = "" } = process.env;

/** All that a process under test takes on from the shell: where programs are, and where Node keeps code that it has compiled. */
export const MACHINE_ENV = { PATH, HOME, NODE_COMPILE_CACHE };
