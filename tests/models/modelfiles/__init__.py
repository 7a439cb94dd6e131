# SPDX-License-Identifier: Apache-2.0
"""Writers of model files for the recognition tests, independent of the readers that they test."""
