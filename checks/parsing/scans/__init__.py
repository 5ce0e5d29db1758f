"""What scanners write about an image: Trivy's report and its exceptions, inventories in CycloneDX and SPDX."""
