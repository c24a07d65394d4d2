import theme from "@discourse/lint-configs/eslint-theme";

export default [...theme];
