/* vmsize: how many vCPUs a virtual machine's size has, read from its name.
 *
 * "Standard_D4s_v5" is family D, 4 vCPUs, with features s, version 5; "E8-2s_v3" has 8, of which 2 may be used
 * (constrained). Source: Microsoft Learn, "Azure virtual machine sizes naming conventions". Sizes older than the
 * convention (A, D, DS and G without a version or with v2) count differently: there the number is a step.
 */
#ifndef DOSSIER_ANALYZE_VMSIZE_H
#define DOSSIER_ANALYZE_VMSIZE_H

#include "core/str.h"

/* 0: the name does not say it. Compared without case; "Standard_" or "Basic_" before it may be missing. */
unsigned vmsize_vcpus(struct str size);

#endif
