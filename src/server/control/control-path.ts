import { join } from 'node:path';

/** A socket's path with its final zero fits `sun_path` (unix(7)). */
export const socketPathMax = 107;

/** `--control`: a path, or one of these. */
export const controlOff = 'off';
export const controlDefault = 'default';

export interface ControlSurroundings {
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly uid: number;
	readonly tmpdir: string;
}

/**
 * Where the control socket is when nobody says where, best place first: the server takes the first that it can make,
 * clients the first where somebody answers.
 */
export function defaultControlPaths({ env, uid, tmpdir }: ControlSurroundings): string[] {
	const directories = ['/run/petrel'];
	if (env.XDG_RUNTIME_DIR) directories.push(join(env.XDG_RUNTIME_DIR, 'petrel'));
	directories.push(join(tmpdir, `petrel-${uid}`));
	return directories.map((directory) => join(directory, 'control.sock'));
}
