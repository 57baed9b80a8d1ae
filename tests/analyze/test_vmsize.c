/* What the names of virtual machine sizes say of their vCPUs. */
#include "analyze/vmsize.h"

#include "tests/check.h"

int main(void)
{
	static const struct {
		const char *size;
		unsigned vcpus;
	} rows[] = {
	    {"Standard_D4s_v5", 4},
	    {"standard_d16ads_V5", 16},
	    {"D2_v3", 2},
	    {"Standard_E8-2s_v3", 2},
	    {"NC4as_T4_v3", 4},
	    {"Standard_B2ms", 2},
	    {"Standard_F8s_v2", 8},
	    {"Standard_M416ms_v2", 416},
	    {"Standard_D1", 1},
	    {"Standard_D3_v2", 4},
	    {"Standard_DS5_v2", 16},
	    {"Standard_DS14-4_v2", 4},
	    {"Standard_D14_v2", 16},
	    {"Standard_D15_v2", 20},
	    {"Standard_DS13_v2_Promo", 8},
	    {"Standard_GS5", 32},
	    {"Standard_A3", 4},
	    {"Standard_A4_v2", 4},
	    {"Basic_A2", 2},
	    {"Standard_D8_v4", 8},
	    {"Standard_DC2s_v3", 2},
	    {"Standard_Wonder", 0},
	    {"", 0},
	    {"4", 0},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		unsigned got = vmsize_vcpus(str_from(rows[i].size));
		CHECK(got == rows[i].vcpus, "\"%s\" has %u vCPUs", rows[i].size, rows[i].vcpus);
		if (got != rows[i].vcpus) printf("# got %u\n", got);
	}
	return check_done();
}
