/* SPDX-License-Identifier: Apache-2.0 */
/* What fork+exec is timed with: linked statically, so that no other file is opened. */
int main(void) {
    return 0;
}
