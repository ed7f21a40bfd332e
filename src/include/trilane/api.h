#ifndef TRILANE_API_H
#define TRILANE_API_H

/* What a shared trilane exports: everything else of it is hidden. The build and the packages that it installs define TRILANE_SHARED
 * where the library is a shared one. */
#ifdef TRILANE_SHARED
#define TRILANE_API __attribute__((visibility("default")))
#else
#define TRILANE_API
#endif

#endif
