/*
 * LD_PRELOAD: the program is run by anna on jump1, at the terminal pts/3, whoever runs the tests,
 * so that screens that tell it are the same on every machine.
 */
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

int gethostname(char *name, size_t size)
{
	return snprintf(name, size, "jump1") < (int)size ? 0 : -1;
}

int ttyname_r(int file, char *name, size_t size)
{
	(void)file;
	return snprintf(name, size, "/dev/pts/3") < (int)size ? 0 : ERANGE;
}

struct passwd *getpwuid(uid_t id)
{
	static char name[] = "anna", folder[] = "/", shell[] = "/bin/sh", empty[] = "";
	static struct passwd anna;
	anna = (struct passwd) { .pw_name = name,
				 .pw_passwd = empty,
				 .pw_uid = id,
				 .pw_gid = id,
				 .pw_gecos = empty,
				 .pw_dir = folder,
				 .pw_shell = shell };
	return &anna;
}
