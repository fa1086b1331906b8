#include "tests/bench/machine.h"

#include <glib.h>
#include <gnu/libc-version.h>
#include <gsl/gsl_version.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#ifdef __clang__
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

static char *processor_name(void)
{
    g_autofree char *text = NULL;
    if (!g_file_get_contents("/proc/cpuinfo", &text, NULL, NULL))
        return g_strdup("unknown processor");
    const char *line = strstr(text, "model name");
    const char *value = line == NULL ? NULL : strchr(line, ':');
    return value == NULL ? g_strdup("unknown processor")
                         : g_strstrip(g_strndup(value + 1, strcspn(value, "\n") - 1));
}

char *machine_name(void)
{
    struct utsname system;
    uname(&system);
    g_autofree char *processor = processor_name();
    return g_strdup_printf("%s, %ld cores, %s %s", processor, sysconf(_SC_NPROCESSORS_ONLN),
                           system.sysname, system.machine);
}

static const char *instruction_set(void)
{
#ifdef __x86_64__
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return "x86_64 with AVX2 and FMA";
    return "x86_64";
#else
    return "another processor than x86_64";
#endif
}

char *build_versions(void)
{
    return g_strdup_printf("%s; glibc %s; GSL %s; GLib %u.%u.%u; %s", COMPILER,
                           gnu_get_libc_version(), gsl_version, glib_major_version,
                           glib_minor_version, glib_micro_version, instruction_set());
}
