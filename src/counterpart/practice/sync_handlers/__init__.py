"""Where the product's columns meet the contract both products share."""
